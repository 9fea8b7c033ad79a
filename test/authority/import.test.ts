/** Authorities that OpenSSL made, taken over by us. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { importAuthority } from '../../src/authority/import-authority.ts';
import { type ImportSource, readImport } from '../../src/authority/import-material.ts';
import { systemCause } from '../../src/events/event.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { day, systemClock } from '../../src/lib/clock.ts';
import { isFailure } from '../../src/lib/failure.ts';
import { takeRsaKey } from '../support/key-pool.ts';
import { openssl } from '../support/openssl.ts';
import { skipUnless } from '../support/requires.ts';
import { runCommand } from '../support/run-command.ts';
import { openTestStores } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { testKeyPair } from '../support/test-key-pair.ts';

const skip = skipUnless('openssl');
const passphrase = 'correct horse æ';
let folder: TemporaryFolder;

async function run(...args: string[]): Promise<void> {
  const { code, stderr } = await runCommand('openssl', args, { cwd: folder.path });
  if (code !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
}

const file = (name: string) => readFile(folder.file(name), 'utf8');
const pem = async (...names: string[]): Promise<ImportSource> => ({
  kind: 'pem',
  texts: await Promise.all(names.map(file)),
  passphrase: null,
});

/** `name.key` must be there; writes `name.pem`, signed by `issuer` or by itself. */
async function certificate(name: string, issuer: string | null, extensions: string, options: string[] = []) {
  const by = issuer === null ? [] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`];
  const added = extensions.split(';').flatMap((extension) => ['-addext', extension]);
  await run(
    'req',
    '-x509',
    '-new',
    '-key',
    `${name}.key`,
    '-subj',
    `/CN=${name}`,
    '-days',
    '1000',
    '-out',
    `${name}.pem`,
    ...by,
    ...added,
    ...options,
  );
}

const ca = 'basicConstraints=critical,CA:TRUE;keyUsage=critical,keyCertSign,cRLSign';

before(async () => {
  if (skip !== false) return;
  folder = temporaryFolder('import');
  for (const name of ['root', 'sub', 'stranger'])
    await writeFile(folder.file(`${name}.key`), (await takeRsaKey()).privateKeyPem);
  await run('ecparam', '-name', 'secp384r1', '-genkey', '-noout', '-out', 'ec.key');
  await certificate('root', null, ca);
  await certificate('sub', 'root', ca);
  await certificate('ec', 'root', ca);
  await certificate('stranger', null, ca);
});

after(async () => {
  await folder?.[Symbol.asyncDispose]();
});

describe('an imported authority', { skip }, () => {
  it('comes from PEM, with its chain in any order, and issues an RA certificate that OpenSSL verifies', async () => {
    await using stores = await openTestStores();
    const secret = new Uint8Array(32);
    const { issuer, authority } = await importAuthority(
      { ...stores, clock: systemClock, secret, makeKey: testKeyPair },
      {
        name: 'Old CA',
        slug: 'old',
        pkiUrl: 'http://pki.example.test',
        source: await pem('root.pem', 'sub.pem', 'sub.key'),
        cause: systemCause,
      },
    );
    assert.equal(authority.activeIssuerId, issuer.id);
    assert.equal(issuer.chain.length, 1);
    const [ra] = issuer.registrationAuthorities;
    assert.ok(ra);
    const files = {
      'root.pem': await file('root.pem'),
      'sub.pem': await file('sub.pem'),
      'ra.pem': toPem('CERTIFICATE', ra.certificate),
    };
    await openssl(['verify', '-x509_strict', '-CAfile', 'root.pem', '-untrusted', 'sub.pem', 'ra.pem'], { files });
    const crl = await stores.crls.latest(issuer.id, 0);
    assert.ok(crl);
    await openssl(['crl', '-inform', 'DER', '-noout', '-verify', '-CAfile', 'sub.pem'], { files, input: crl.der });
    const events = await stores.events.list(
      { subject: null, types: ['authority.imported'] },
      { limit: 5, cursor: null },
    );
    assert.equal(events.items.length, 1);
  });

  it('may be a root itself, and may have an EC key', async () => {
    const root = await readImport(await pem('root.pem', 'root.key'), Date.now());
    assert.deepEqual(root.chain, []);
    assert.equal((await readImport(await pem('ec.pem', 'ec.key', 'root.pem'), Date.now())).chain.length, 1);
  });

  it('comes with an encrypted key', async () => {
    await run(
      'pkcs8',
      '-topk8',
      '-in',
      'sub.key',
      '-out',
      'locked.key',
      '-v2',
      'aes-256-cbc',
      '-passout',
      `pass:${passphrase}`,
    );
    const texts = [await file('locked.key'), await file('sub.pem'), await file('root.pem')];
    await readImport({ kind: 'pem', texts, passphrase }, Date.now());
    await refused({ kind: 'pem', texts, passphrase: 'wrong' }, 'passphrase-wrong');
    await refused({ kind: 'pem', texts, passphrase: null }, 'passphrase-needed');
  });

  const pkcs12Kinds: readonly (readonly [string, readonly string[]])[] = [
    ['as OpenSSL 3 writes it', []],
    ['with 3DES and a SHA-1 MAC', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['with AES-128 and a SHA-512 MAC', ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512']],
    ['without encryption, with a MAC', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
    ['encrypted, without MAC', ['-nomac']],
  ];
  for (const [name, options] of pkcs12Kinds)
    it(`comes from PKCS#12 ${name}; a wrong passphrase is said to be one`, async () => {
      const bytes = await exportPkcs12(options, passphrase);
      const { chain } = await readImport({ kind: 'pkcs12', file: bytes, passphrase }, Date.now());
      assert.equal(chain.length, 1);
      await refused({ kind: 'pkcs12', file: bytes, passphrase: 'wrong' }, 'passphrase-wrong');
    });

  it('comes from PKCS#12 under an empty passphrase', async () => {
    const bytes = await exportPkcs12(['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES'], '');
    await readImport({ kind: 'pkcs12', file: bytes, passphrase: '' }, Date.now());
  });

  it('does not come from PKCS#12 with RC2, and is told what to do', async () => {
    const bytes = await exportPkcs12(['-legacy'], passphrase);
    await refused(
      { kind: 'pkcs12', file: bytes, passphrase },
      'pkcs12-rc2',
      /openssl pkcs12 -export -keypbe AES-256-CBC/,
    );
  });
});

async function exportPkcs12(options: readonly string[], password: string): Promise<Uint8Array> {
  const inputs = ['-inkey', 'sub.key', '-in', 'sub.pem', '-certfile', 'root.pem', '-passout', `pass:${password}`];
  await run('pkcs12', '-export', ...inputs, '-out', 'ca.p12', ...options);
  return new Uint8Array(await readFile(folder.file('ca.p12')));
}

async function refused(source: ImportSource, code: string, message = /./, now = Date.now()): Promise<void> {
  await assert.rejects(readImport(source, now), (error) => {
    assert.ok(isFailure(error), String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

describe('an import is refused, with what it is instead', { skip }, () => {
  it('when the certificate is of another key', async () => {
    await refused(await pem('stranger.key', 'sub.pem', 'root.pem'), 'import-certificate-missing', /CN=sub, CN=root/);
  });

  it('when there is no certificate, no key, or two keys', async () => {
    await refused(await pem('sub.key'), 'import-certificate-missing');
    await refused(await pem('sub.pem'), 'key-missing');
    await refused(await pem('sub.key', 'root.key', 'sub.pem'), 'key-ambiguous');
  });

  it('when the chain does not reach a root', async () => {
    await refused(await pem('sub.key', 'sub.pem'), 'import-chain-incomplete', /issued by CN=root/);
  });

  it('when the certificate is no CA, or may not sign certificates or CRLs', async () => {
    await run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'other.key');
    await certificate('other', 'root', 'basicConstraints=critical,CA:FALSE');
    await refused(await pem('other.key', 'other.pem', 'root.pem'), 'import-not-a-ca', /CN=other/);
    await certificate('other', 'root', 'basicConstraints=critical,CA:TRUE;keyUsage=critical,digitalSignature');
    await refused(await pem('other.key', 'other.pem', 'root.pem'), 'import-key-usage', /digitalSignature/);
    await certificate('other', 'root', 'basicConstraints=critical,CA:TRUE;keyUsage=critical,keyCertSign');
    await refused(await pem('other.key', 'other.pem', 'root.pem'), 'import-key-usage', /cRLSign/);
  });

  it('when it is no longer or not yet valid', async () => {
    const source = await pem('sub.key', 'sub.pem', 'root.pem');
    await refused(source, 'import-expired', /CN=sub ended/, Date.now() + 1001 * day);
    await refused(source, 'import-not-yet-valid', /CN=sub begins/, Date.now() - day);
  });

  it('when the key is too small or on another curve', async () => {
    await run('genrsa', '-out', 'small.key', '1024');
    await certificate('small', null, ca);
    await refused(await pem('small.key', 'small.pem'), 'import-key-unsupported', /RSA key of 1024 bits/);
    await run('ecparam', '-name', 'secp521r1', '-genkey', '-noout', '-out', 'odd.key');
    await certificate('odd', null, ca);
    await refused(await pem('odd.key', 'odd.pem'), 'import-key-unsupported', /P-521/);
  });

  it('when something below the root is signed with SHA-1; the root itself may be', async () => {
    await run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'weak.key');
    await certificate('weak', 'root', ca, ['-sha1']);
    await refused(await pem('weak.key', 'weak.pem', 'root.pem'), 'import-chain-algorithm', /CN=weak/);
    await certificate('weak', null, ca, ['-sha1']);
    await readImport(await pem('weak.key', 'weak.pem'), Date.now());
  });

  it('when a certificate of the same name did not sign it', async () => {
    await run(
      'req',
      '-x509',
      '-new',
      '-key',
      'stranger.key',
      '-subj',
      '/CN=root',
      '-days',
      '9',
      '-out',
      'impostor.pem',
    );
    await refused(await pem('sub.key', 'sub.pem', 'impostor.pem'), 'import-chain-signature', /CN=sub was not signed/);
  });

  it('when a CA above allows none below it', async () => {
    await run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'short.key');
    await run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'below.key');
    await run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'deep.key');
    await certificate(
      'short',
      null,
      'basicConstraints=critical,CA:TRUE,pathlen:0;keyUsage=critical,keyCertSign,cRLSign',
    );
    await certificate('below', 'short', ca);
    await certificate('deep', 'below', ca);
    await refused(await pem('deep.key', 'deep.pem', 'below.pem', 'short.pem'), 'import-chain-not-ca', /path-length/);
  });
});
