/**
 * FreeRADIUS and eapol_test (Debian packages freeradius and eapoltest), configured by `docs/wifi-eap-tls.md`: who holds a
 * certificate of ours gets in, by EAP-TLS, and nobody else.
 */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CertificateId } from '../../src/authority/certificate.ts';
import { enroll } from '../../src/client/scep-client.ts';
import { systemCause } from '../../src/events/event.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { type Clock, day, systemClock } from '../../src/lib/clock.ts';
import { ownClient } from '../support/own-client.ts';
import { type Identity, prepareRadius, type Radius } from '../support/radius.ts';
import { skipUnless } from '../support/requires.ts';
import { makeScenario, rootCertificate, type Scenario, type ScenarioOptions } from '../support/scep-scenario.ts';
import { requestedBy, testClientKey } from '../support/scep-test-client.ts';
import { startWorld, type World } from '../support/world.ts';

// Root: Debian lets nobody else read FreeRADIUS' own configuration, and to become somebody without rights takes some.
const skip = skipUnless('root', 'freeradius', 'eapol_test', 'openssl', 'curl');

/** The machine's, and so FreeRADIUS' and OpenSSL's, but for the time in which what has ended was issued. */
const clock: Clock & { behind: number } = {
  behind: 10 * day,
  now: () => Date.now() - clock.behind,
  monotonic: systemClock.monotonic,
};

let world: World;
let radius: Radius;
let asking: Radius;
let ended: Identity;
/** Of the RADIUS servers. */
let own: Enrolled['identity'];

before(async () => {
  if (skip !== false) return;
  world = await startWorld({ clock });
  const short = { certificateValidityPeriod: { value: 1, unit: 'days' } };
  ended = (await enrolled(world, { name: 'ended', settings: { ...wifi, ...short } })).identity;
  clock.behind = 0;
  await world.server.authority.publishDueCrls();
  const settings = {
    extendedKeyUsages: [{ name: 'Server Authentication', oid: '1.3.6.1.5.5.7.3.1' }],
    subjectAlternativeNames: [{ type: 'dns', value: 'radius.example.org' }],
  };
  own = (await enrolled(world, { name: 'radius', settings })).identity;
  radius = await prepare('lists');
  asking = await prepare('ocsp');
});
after(async () => {
  if (skip !== false) return;
  await radius?.[Symbol.asyncDispose]();
  await asking?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

/** One that runs. */
async function prepare(
  by: 'lists' | 'ocsp',
  instead: readonly (readonly [example: string, here: string])[] = [],
): Promise<Radius> {
  await using preparing = new AsyncDisposableStack();
  const prepared = preparing.use(
    await prepareRadius({
      by,
      root: toPem('CERTIFICATE', await rootCertificate(world)),
      server: own,
      instead: [
        ['http://pki.example.org', world.url],
        ...instead,
        ['example-root', 'alderfinch-root'],
        ['example-g1', 'alderfinch-g1'],
        // eapol_test is one of the access points.
        ['192.0.2.0/24', '127.0.0.0/8'],
        ['replace-this-by-32-random-characters', 'testing123'],
      ],
    }),
  );
  await done(prepared.run('scepward-server-certificate first'));
  await done(prepared.run('scepward-fetch'));
  await prepared.start();
  preparing.move();
  return prepared;
}

/** As the page says. */
const wifi = { subjectNameFormat: 'OU=Wi-Fi,CN={{DeviceName}}' };

type Enrolled = { readonly scenario: Scenario; readonly identity: Identity & { readonly chain: string } };

/** Through SCEP, with our own client. */
async function enrolled(where: World, options: ScenarioOptions): Promise<Enrolled> {
  const scenario = await makeScenario(where, { user: null, ...options });
  await using client = await ownClient(where, scenario.scepUrl);
  const key = await testClientKey();
  const requested = requestedBy(await scenario.deployment());
  const outcome = await enroll(client.exchange, key, requested, await scenario.challenge());
  assert.ok(outcome.kind === 'issued', JSON.stringify(outcome));
  return {
    scenario,
    identity: {
      certificate: toPem('CERTIFICATE', outcome.certificate),
      chain: outcome.chain.map((der) => toPem('CERTIFICATE', der)).join(''),
      key: String(key.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    },
  };
}

async function revoke(scenario: Scenario): Promise<void> {
  const { currentCertificateId } = await scenario.deployment();
  await world.server.authority.revoke({
    certificateId: currentCertificateId as CertificateId,
    reason: 'keyCompromise',
    cause: systemCause,
  });
}

/** As cron does, and FreeRADIUS, which reads its folder every five minutes: here it is started again. */
async function fetchAgain(): Promise<void> {
  await done(radius.run('scepward-fetch'));
  await radius.stop();
  await radius.start();
}

async function refused(identity: Identity, reason: string, by: Radius = radius): Promise<void> {
  const { accepted, said } = await by.connect(identity);
  assert.ok(!accepted, 'it got in');
  assert.ok(said.includes(reason), said);
  assert.ok(said.includes('Sent Access-Reject'), said);
}

/** The files that FreeRADIUS trusts, with what is in them. */
async function trusted(): Promise<readonly string[]> {
  const folder = radius.folder.file('raddb', 'certs', 'scepward', 'trust');
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => `${name} ${await readFile(join(folder, name), 'utf8')}`));
}

async function done(running: ReturnType<Radius['run']>): Promise<void> {
  const { code, stderr } = await running;
  assert.equal(code, 0, stderr);
}

test('who holds a certificate of the profile gets in, and stands in accounting under its name', { skip }, async () => {
  const { identity } = await enrolled(world, { name: 'laptop', settings: wifi });
  const { accepted, said } = await radius.connect(identity);
  assert.ok(accepted, said);
  assert.match(said, /Sent Access-Accept[\s\S]*User-Name := "laptop"/);
});

test('once it is revoked and the list was fetched it does not; others still do', { skip }, async () => {
  const [{ identity, scenario }, other] = [
    await enrolled(world, { name: 'lost', settings: wifi }),
    await enrolled(world, { name: 'kept', settings: wifi }),
  ];
  assert.ok((await radius.connect(identity)).accepted);
  await revoke(scenario);
  await fetchAgain();
  await refused(identity, 'certificate revoked');
  assert.ok((await radius.connect(other.identity)).accepted);
});

test('a certificate that has ended does not, and one that we issued for something else neither', { skip }, async () => {
  await refused(ended, 'certificate has expired');
  const vpn = await enrolled(world, { name: 'vpn', settings: { subjectNameFormat: 'CN={{DeviceName}},OU=Wi-Fi' } });
  await refused(vpn.identity, 'the certificate was not issued for Wi-Fi');
  const server = { extendedKeyUsages: [{ name: 'Server Authentication', oid: '1.3.6.1.5.5.7.3.1' }] };
  await refused((await enrolled(world, { name: 'web', settings: { ...wifi, ...server } })).identity, 'purpose');
});

test('one from a foreign authority of the same name, with the same words in it, does not', { skip }, async () => {
  await using foreign = await startWorld();
  const { identity } = await enrolled(foreign, { name: 'laptop', settings: wifi });
  await refused(identity, 'certificate verify failed');
  // Nor when it brings its authority along.
  await refused({ ...identity, certificate: identity.certificate + identity.chain }, 'certificate verify failed');
});

test('what cannot be fetched, or is not signed by us, leaves what is there', { skip }, async () => {
  const before = await trusted();
  await using foreign = await startWorld();
  for (const [what, address, expected] of [
    ['nobody there', 'http://127.0.0.1:9', /alderfinch-root\/0\.crl cannot be fetched \(HTTP 000\)/],
    ['another authority of the same name', foreign.url, /alderfinch-root\/0\.crl is not signed by alderfinch-root/],
  ] as const) {
    const { code, stderr } = await radius.run('scepward-fetch', { [world.url]: address });
    assert.equal(code, 1, what);
    assert.match(stderr, expected);
    assert.deepEqual(await trusted(), before);
  }
});

test('by OCSP who is revoked is out at once, and others stay in', { skip }, async () => {
  const [{ identity, scenario }, other] = [
    await enrolled(world, { name: 'lost-too', settings: wifi }),
    await enrolled(world, { name: 'kept-too', settings: wifi }),
  ];
  const { accepted, said } = await asking.connect(identity);
  assert.ok(accepted, said);
  await revoke(scenario);
  await refused(identity, 'Certificate has been expired/revoked', asking);
  assert.ok((await asking.connect(other.identity)).accepted);
  await refused(ended, 'certificate has expired', asking);
  await using foreign = await startWorld();
  const stranger = await enrolled(foreign, { name: 'kept-too', settings: wifi });
  await refused(stranger.identity, 'certificate verify failed', asking);
});

test('by OCSP nobody gets in while there is no answer', { skip }, async () => {
  const { identity } = await enrolled(world, { name: 'waiting', settings: wifi });
  await using alone = await prepare('ocsp', [[`${world.url}/ocsp`, 'http://127.0.0.1:9/ocsp']]);
  await refused(identity, "Couldn't get OCSP response", alone);
});
