/** What a profile's settings make of the answers, and who else may be asked: read as a client reads it, from the wire. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultTemplate, legacyTemplate } from '../../src/authority/certificate-template.ts';
import { issuingContext } from '../../src/authority/issuing-context.ts';
import { registrationAuthority } from '../../src/authority/registration-authority.ts';
import { newStoredKey } from '../../src/authority/stored-key.ts';
import { unlockKeys } from '../../src/authority/unlock-keys.ts';
import { encodeIssuerAndSerial } from '../../src/formats/scep/issuer-and-serial.ts';
import { type Certificate, parseCertificate } from '../../src/formats/x509/certificate.ts';
import { parseCrl } from '../../src/formats/x509/crl.ts';
import { extensionOid, findExtension } from '../../src/formats/x509/extension.ts';
import { subjectKeyIdentifier } from '../../src/formats/x509/key-identifier.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { sameBytes } from '../../src/lib/bytes.ts';
import { second } from '../../src/lib/clock.ts';
import { poolKey } from '../support/agent-world.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { authorityPem, checkIssued } from '../support/issued-certificate.ts';
import { opensslText } from '../support/openssl.ts';
import { refusals } from '../support/refusals.ts';
import { skipUnless } from '../support/requires.ts';
import { makeScenario, type Scenario } from '../support/scep-scenario.ts';
import {
  buildMessage,
  csrOf,
  fetchCaCertificates,
  post,
  readReply,
  registrationAuthorityOf,
  requestedBy,
  selfSigned,
  type TestMessage,
  type TestReply,
  testClientKey,
} from '../support/scep-test-client.ts';
import { startWorld, type World } from '../support/world.ts';

const skip = skipUnless('openssl');

/** Enrols with a new key, by messages that are changed in the way given. */
async function enrol(scenario: Scenario, change: Partial<TestMessage> = {}): Promise<TestReply> {
  const key = await testClientKey();
  const requested = requestedBy(await scenario.deployment());
  const { hash = 'sha256', recipient = await registrationAuthorityOf(scenario.scepUrl) } = change;
  const content = csrOf(key, requested, await scenario.challenge(), hash);
  const signer = selfSigned(key, requested.subject, hash);
  const message = buildMessage({ type: 'PKCSReq', content, signer, recipient, ...change });
  return readReply(await post(scenario.scepUrl, message), key);
}

/** `openssl verify` of the one certificate that came, or of the first. */
async function assertGood(world: World, { status, reason, certificates }: TestReply): Promise<Uint8Array> {
  const [certificate] = certificates;
  assert.equal(status, 'SUCCESS', String(reason));
  assert.ok(certificate !== undefined);
  await checkIssued(world, toPem('CERTIFICATE', certificate));
  return certificate;
}

test('a reply holds the certificate alone, and its issuer after it where the profile says so', { skip }, async () => {
  await using world = await startWorld();
  const { issuer } = await world.server.authority.issuing.active(null);
  const usual = await enrol(await makeScenario(world, { name: 'alone' }));
  await assertGood(world, usual);
  assert.equal(usual.certificates.length, 1);

  const more = await enrol(await makeScenario(world, { name: 'both', server: { issuerInReply: true } }));
  await assertGood(world, more);
  const [, second, ...rest] = more.certificates;
  assert.ok(second !== undefined && sameBytes(second, issuer.certificate));
  assert.deepEqual(rest, []);
});

describe('an envelope', { skip }, () => {
  const keyIdentifierOf = ({ extensions }: Certificate) => {
    const extension = findExtension(extensions, extensionOid.subjectKeyIdentifier);
    assert.ok(extension !== undefined);
    return { kind: 'key-identifier', keyIdentifier: subjectKeyIdentifier(extension.value) } as const;
  };

  test('may name the RA by its key identifier', async () => {
    await using world = await startWorld();
    const scenario = await makeScenario(world, { name: 'ski' });
    const recipient = await registrationAuthorityOf(scenario.scepUrl);
    await assertGood(world, await enrol(scenario, { recipientId: keyIdentifierOf(recipient) }));

    const stranger = await makeScenario(world, { name: 'ski-other' });
    const [, issuer] = await fetchCaCertificates(stranger.scepUrl);
    assert.ok(issuer !== undefined);
    const refused = await enrol(stranger, { recipientId: keyIdentifierOf(issuer) });
    assert.equal(refused.status, 'FAILURE');
    assert.equal((await refusals(world, stranger.profile.id))[0]?.data.reason, 'wrong-recipient');
  });

  test('for the RA of before is still opened, and answered by that one, which the client knows', async () => {
    const clock = fakeClock(Date.now());
    await using world = await startWorld({ clock });
    const scenario = await makeScenario(world, { name: 'ra-before' });
    const earlier = await registrationAuthorityOf(scenario.scepUrl);
    const current = await addRegistrationAuthority(world);
    clock.advance(6 * second);
    assert.ok(sameBytes((await registrationAuthorityOf(scenario.scepUrl)).der, current));

    for (const recipientId of [undefined, keyIdentifierOf(earlier)]) {
      const reply = await enrol(scenario, { recipient: earlier, ...(recipientId && { recipientId }) });
      await assertGood(world, reply);
      assert.ok(sameBytes(reply.signer.der, earlier.der));
      await scenario.openGeneration();
    }
    const reply = await enrol(scenario);
    await assertGood(world, reply);
    assert.ok(sameBytes(reply.signer.der, current));
  });
});

/** A second RA generation for the default authority's issuer, as a change of RA leaves it behind. DER of its certificate. */
async function addRegistrationAuthority(world: World): Promise<Uint8Array> {
  const { store, clock, secret, pool } = world.server.foundation;
  const { authority, issuer } = await world.server.authority.issuing.active(null);
  const pair = await poolKey();
  const key = newStoredKey(clock, secret, 'ra', pair);
  const context = issuingContext(authority, issuer, await world.server.authority.signerFor(issuer));
  const certificate = await registrationAuthority(context, clock, pair.publicKey);
  await store.transact(async () => {
    await store.keys.insert(key);
    await store.certificates.insert(certificate);
    const newer = { certificate: certificate.der, keyId: key.id };
    await store.authorities.saveIssuer({
      ...issuer,
      registrationAuthorities: [newer, ...issuer.registrationAuthorities],
    });
  });
  await unlockKeys({ keys: store.keys, pool, secret });
  return certificate.der;
}

describe('GetCert and GetCRL', { skip }, () => {
  async function ask(
    scenario: Scenario,
    type: 'GetCert' | 'GetCRL',
    signer: TestMessage['signer'],
    name: Uint8Array,
    serial: Uint8Array,
  ) {
    const recipient = await registrationAuthorityOf(scenario.scepUrl);
    const message = buildMessage({ type, content: encodeIssuerAndSerial(name, serial), signer, recipient });
    return readReply(await post(scenario.scepUrl, message), signer.key);
  }
  async function verifyCrl(crl: Uint8Array | undefined, issuerPem: string): Promise<void> {
    assert.ok(crl !== undefined, 'no CRL');
    const said = await opensslText(
      ['crl', '-inform', 'DER', '-noout', '-verify', '-CAfile', 'ca.pem', '-in', 'crl.der'],
      {
        files: { 'crl.der': crl, 'ca.pem': issuerPem },
      },
    );
    assert.equal(said, '');
  }

  test('about the CA certificate itself, in both ways that sscep has had of naming it', async () => {
    await using world = await startWorld();
    const scenario = await makeScenario(world, { name: 'crl-ca' });
    const key = await testClientKey();
    const signer = selfSigned(key, requestedBy(await scenario.deployment()).subject);
    const { issuer } = await world.server.authority.issuing.active(null);
    const { subjectDer, issuerDer, serial } = parseCertificate(issuer.certificate);
    const pem = await authorityPem(world);

    // sscep 0.6 and later: the subject of the CA certificate with the CA's own serial number.
    const list = await ask(scenario, 'GetCRL', signer, subjectDer, serial);
    assert.deepEqual([list.status, list.certificates.length, list.crls.length], ['SUCCESS', 0, 1], String(list.reason));
    await verifyCrl(list.crls[0], pem.issuer);
    assert.ok(sameBytes(parseCrl(list.crls[0] ?? new Uint8Array()).issuerDer, subjectDer));

    // Before: its issuer and serial number, which truly names the CA certificate; it would stand on the root's list.
    const above = await ask(scenario, 'GetCRL', signer, issuerDer, serial);
    assert.deepEqual([above.status, above.crls.length], ['SUCCESS', 1], String(above.reason));
    await verifyCrl(above.crls[0], pem.root);
  });

  test('give a device its own certificate again, and say of another serial number that it is unknown', async () => {
    await using world = await startWorld();
    const scenario = await makeScenario(world, { name: 'get-cert' });
    const key = await testClientKey();
    const requested = requestedBy(await scenario.deployment());
    const recipient = await registrationAuthorityOf(scenario.scepUrl);
    const content = csrOf(key, requested, await scenario.challenge());
    const signer = selfSigned(key, requested.subject);
    const message = buildMessage({ type: 'PKCSReq', content, signer, recipient });
    const issued = await assertGood(world, await readReply(await post(scenario.scepUrl, message), key));
    const { issuerDer, serial } = parseCertificate(issued);
    const own = { key, certificate: issued };

    const again = await ask(scenario, 'GetCert', own, issuerDer, serial);
    assert.equal(again.status, 'SUCCESS', String(again.reason));
    assert.ok(again.certificates[0] !== undefined && sameBytes(again.certificates[0], issued));
    const list = await ask(scenario, 'GetCRL', own, issuerDer, serial);
    await verifyCrl(list.crls[0], (await authorityPem(world)).issuer);
    const unknown = await ask(
      scenario,
      'GetCert',
      own,
      issuerDer,
      serial.map((octet, i) => (i === 9 ? octet ^ 1 : octet)),
    );
    assert.deepEqual(
      [unknown.status, unknown.failInfo, unknown.reason],
      ['FAILURE', 'badCertId', 'certificate-unknown'],
    );
  });
});

test('SHA-1 and single DES are offered and taken by the profile that has them, and by no other', { skip }, async () => {
  await using world = await startWorld({ templates: [defaultTemplate, legacyTemplate] });
  const usual = await makeScenario(world, { name: 'usual' });
  const old = await makeScenario(world, {
    name: 'old',
    settings: { hashAlgorithm: ['sha1', 'sha2'] },
    server: { certificateTemplate: 'legacy', ciphers: { tripleDes: true, singleDes: true } },
  });
  const strict = await makeScenario(world, {
    name: 'strict',
    server: { ciphers: { tripleDes: false, singleDes: false } },
  });
  const capabilities = async ({ scepUrl }: Scenario) =>
    (await (await fetch(`${scepUrl}?operation=GetCACaps`)).text()).trim().split('\n');
  const common = ['POSTPKIOperation', 'SCEPStandard', 'AES', 'SHA-256', 'SHA-384', 'SHA-512', 'Renewal'];
  const sorted = (list: readonly string[]) => [...list].sort();
  assert.deepEqual(sorted(await capabilities(usual)), sorted([...common, 'DES3']));
  // RFC 8894 §3.5.2 has no word for single DES: who has it uses it unasked.
  assert.deepEqual(sorted(await capabilities(old)), sorted([...common, 'DES3', 'SHA-1']));
  assert.deepEqual(sorted(await capabilities(strict)), sorted(common));

  await assertGood(world, await enrol(old, { hash: 'sha1', cipher: 'des-cbc' }));
  const reasonOf = async (scenario: Scenario, change: Partial<TestMessage>) => {
    assert.equal((await enrol(scenario, change)).failInfo, 'badAlg');
    return (await refusals(world, scenario.profile.id))[0]?.data.reason;
  };
  assert.equal(await reasonOf(usual, { cipher: 'des-cbc' }), 'cipher-not-allowed');
  assert.equal(await reasonOf(usual, { hash: 'sha1' }), 'digest-not-allowed');
  assert.equal(await reasonOf(strict, { cipher: 'des-ede3-cbc' }), 'cipher-not-allowed');
  await assertGood(world, await enrol(usual, { cipher: 'des-ede3-cbc' }));
  await assertGood(world, await enrol(strict));
});
