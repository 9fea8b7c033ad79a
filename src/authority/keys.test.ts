import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { openTestStores } from '../../test/support/stores.ts';
import { testAuthority } from '../../test/support/test-authority.ts';
import { testKeyPair } from '../../test/support/test-key-pair.ts';
import { createCryptoPool } from '../crypto/crypto-pool.ts';
import { publicKeyOf } from '../crypto/key-pair.ts';
import { readPrivateKeyPem } from '../crypto/private-key-file.ts';
import { systemCause } from '../events/event.ts';
import { parseCertificate } from '../formats/x509/certificate.ts';
import { extendedKeyUsage, keyPurpose } from '../formats/x509/extended-key-usage.ts';
import { extensionOid, findExtension } from '../formats/x509/extension.ts';
import { pemBlocks } from '../formats/x509/pem.ts';
import { day } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { createAuthority } from './create-authority.ts';
import { exportKey } from './export-key.ts';
import { parsePkiUrl } from './pki-url.ts';
import { removeRootKey } from './remove-root-key.ts';
import { serverTlsCertificate } from './server-tls-certificate.ts';
import { unlockKeys } from './unlock-keys.ts';

const cause = systemCause;
const passphrase = 'a long passphrase';

async function world() {
  const clock = fakeClock();
  const stores = await openTestStores({ clock });
  const authority = await testAuthority(stores, clock, { issuerKey: 'p-256' });
  const deps = { ...stores, ...authority, clock, makeKey: testKeyPair };
  return { clock, stores, authority, deps, [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose]() };
}

describe('the keys of an authority', () => {
  it('are sealed in the store, and the pool gets those of issuers and RAs', async () => {
    await using given = await world();
    const { stores, authority, deps } = given;
    const keys = await stores.keys.all();
    assert.deepEqual(keys.map(({ purpose }) => purpose).sort(), ['issuer', 'ra', 'root']);
    const pool = createCryptoPool({ threads: 0 });
    await unlockKeys({ keys: stores.keys, pool, secret: deps.secret });
    const signing = (keyId: string) => pool.sign(keyId, 'sha256', new Uint8Array(1));
    await signing(authority.issuer.keyId);
    await signing(authority.issuer.registrationAuthorities[0]?.keyId ?? '');
    await assert.rejects(signing(authority.root.keyId), (error) => isFailure(error, 'key-not-loaded'));
  });

  it('stay shut for another secret', async () => {
    await using given = await world();
    const pool = createCryptoPool({ threads: 0 });
    const unlocking = unlockKeys({ keys: given.stores.keys, pool, secret: new Uint8Array(32) });
    await assert.rejects(unlocking, (error) => isFailure(error, 'key-seal-broken'));
  });

  it('leave as PEM under a passphrase; the root’s can then be removed, and its CRL lasts as long as the root', async () => {
    await using given = await world();
    const { stores, authority, deps, clock } = given;
    const { issuer, root } = authority;
    const exported = await exportKey(deps, { issuerId: root.id, passphrase, cause });
    assert.match(exported, /BEGIN ENCRYPTED PRIVATE KEY/);
    const spki = publicKeyOf(readPrivateKeyPem(exported, passphrase));
    const certificate = parseCertificate(root.certificate);
    assert.deepEqual(spki, Uint8Array.from(certificate.spki));

    const remove = (change: object) =>
      removeRootKey(deps, { issuerId: root.id, exported, passphrase, cause, ...change });
    await assert.rejects(remove({ passphrase: 'another one' }), (error) => isFailure(error, 'passphrase-wrong'));
    const wrong = await exportKey(deps, { issuerId: issuer.id, passphrase, cause });
    await assert.rejects(remove({ exported: wrong }), (error) => isFailure(error, 'key-not-the-root'));
    await assert.rejects(remove({ issuerId: issuer.id }), (error) => isFailure(error, 'not-a-root'));
    assert.ok((await stores.keys.get(root.keyId))?.sealed);

    clock.advance(day);
    await remove({});
    assert.equal((await stores.keys.get(root.keyId))?.sealed, null);
    assert.equal((await stores.crls.latest(root.id, 0))?.nextUpdate, certificate.notAfter);
    await assert.rejects(exportKey(deps, { issuerId: root.id, passphrase, cause }), (error) =>
      isFailure(error, 'key-removed'),
    );
  });

  it('do not leave under a short passphrase', async () => {
    await using given = await world();
    const exporting = exportKey(given.deps, { issuerId: given.authority.root.id, passphrase: 'short', cause });
    await assert.rejects(exporting, (error) => isFailure(error, 'passphrase-short'));
  });
});

describe('a new authority', () => {
  const input = { name: 'Example', slug: 'example', pkiUrl: 'http://pki.example.test', cause };

  it('does not take the place of another', async () => {
    await using given = await world();
    await assert.rejects(createAuthority(given.deps, input), (error) => isFailure(error, 'authority-exists'));
    assert.equal((await given.stores.keys.all()).length, 3);
  });

  it('is refused with a name, slug or lifetime that does not do', async () => {
    await using given = await world();
    const refusal = (change: object, code: string) =>
      assert.rejects(createAuthority(given.deps, { ...input, slug: 'other', ...change }), (error) =>
        isFailure(error, code),
      );
    await refusal({ name: 'x'.repeat(49) }, 'authority-name-invalid');
    await refusal({ slug: 'Has Space' }, 'authority-slug-invalid');
    await refusal({ rootYears: 10, issuerYears: 10 }, 'authority-lifetime-invalid');
  });

  it('wants an address that devices can reach', () => {
    const strictly = { allowLoopback: false };
    assert.equal(parsePkiUrl('http://pki.example.test:8080/', strictly), 'http://pki.example.test:8080');
    for (const url of ['http://127.0.0.1:8080', 'http://localhost', 'http://[::1]:80', 'http://a.localhost'])
      assert.throws(
        () => parsePkiUrl(url, strictly),
        (error) => isFailure(error, 'pki-url-loopback'),
      );
    for (const url of ['pki.example.test', 'ldap://x', 'http://x/?a=1', 'http://user@x'])
      assert.throws(
        () => parsePkiUrl(url, strictly),
        (error) => isFailure(error, 'pki-url-invalid'),
      );
    assert.equal(parsePkiUrl('http://127.0.0.1:8080', { allowLoopback: true }), 'http://127.0.0.1:8080');
  });
});

describe('the certificate of the HTTPS listener', () => {
  it('keeps Apple’s rules and is kept while it has a month left', async () => {
    await using given = await world();
    const { deps, clock } = given;
    const hosts = ['scep.example.test', '127.0.0.1', '[::1]'];
    const made = await serverTlsCertificate(deps, { hosts, cause });
    const certificate = parseCertificate(pemBlocks(made.certificatePem, 'CERTIFICATE')[0] ?? new Uint8Array(0));
    assert.ok(certificate.notAfter - certificate.notBefore <= 825 * day);
    const purposes = findExtension(certificate.extensions, extensionOid.extendedKeyUsage);
    assert.deepEqual(extendedKeyUsage(purposes?.value ?? new Uint8Array(0)), [keyPurpose.serverAuth]);
    assert.deepEqual(publicKeyOf(readPrivateKeyPem(made.keyPem, null)), Uint8Array.from(certificate.spki));

    clock.advance(300 * day);
    assert.equal((await serverTlsCertificate(deps, { hosts, cause })).certificatePem, made.certificatePem);
    const other = await serverTlsCertificate(deps, { hosts: ['other.example.test'], cause });
    assert.notEqual(other.certificatePem, made.certificatePem);
    clock.advance(70 * day);
    assert.notEqual((await serverTlsCertificate(deps, { hosts, cause })).certificatePem, made.certificatePem);
  });
});
