/** From one issuer to the next, as an administrator does it over the API, while devices go on: what openssl says to it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Certificate, CertificateId } from '../../src/authority/certificate.ts';
import type { Authority } from '../../src/authority/issuer.ts';
import type { RolloverStep } from '../../src/authority/rollover/rollover-plan.ts';
import { enroll, renew, type ScepExchange } from '../../src/client/scep-client.ts';
import { composeRollover } from '../../src/compose/rollover.ts';
import { systemCause } from '../../src/events/event.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { parseCrl } from '../../src/formats/x509/crl.ts';
import { nameText } from '../../src/formats/x509/name-text.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { toBase64, toHex } from '../../src/lib/bytes.ts';
import { day, minute, second } from '../../src/lib/clock.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { ocspRequest } from '../support/ocsp-request.ts';
import { openssl, opensslText } from '../support/openssl.ts';
import { ownClient } from '../support/own-client.ts';
import { skipUnless } from '../support/requires.ts';
import { makeScenario, rootCertificate, type Scenario, storeProfile } from '../support/scep-scenario.ts';
import { requestedBy, testClientKey } from '../support/scep-test-client.ts';
import { storeKinds } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { startWorld, type World } from '../support/world.ts';

type Step = { readonly step: string; readonly state: string; readonly lacks: string | null };

const skip = skipUnless('openssl');

for (const store of storeKinds())
  for (const issuerKey of ['rsa-2048', 'p-256'] as const)
    test(`an authority goes over to its next issuer (${store}, ${issuerKey})`, { skip }, async () => {
      const clock = fakeClock(Date.now());
      await using world = await startWorld({ store, issuerKey, clock });
      const { foundation, authority } = world.server;
      const call = async (method: 'GET' | 'POST', body?: object) => {
        const response = await fetch(`${world.url}/api/v1/authorities/alderfinch/rollover`, {
          method,
          headers: { authorization: `Bearer ${world.adminToken}`, 'content-type': 'application/json' },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        return { status: response.status, body: (await response.json()) as { steps: Step[]; code?: string } };
      };
      const take = async (step: string) => {
        const { status, body } = await call('POST', { step });
        assert.equal(status, 200, JSON.stringify(body));
        assert.equal(body.steps.find((each) => each.step === step)?.state, 'done');
        // What a node keeps in memory is older than this by now.
        clock.advance(10 * second);
        return body.steps;
      };
      const refused = async (step: string) => {
        const { status, body } = await call('POST', { step });
        assert.deepEqual([status, body.code], [409, 'rollover-blocked'], step);
      };
      const scenario = await makeScenario(world, { name: 'roller' });
      const old = (await authority.issuing.active(null)).issuer;
      const intermediate = await storeProfile(world, {
        kind: 'trustedCertificate',
        name: 'Issuing CA',
        platform: 'windows10',
        settings: { certificate: toBase64(old.certificate), destinationStore: 'computerIntermediate' },
      });
      await using before = await ownClient(world, scenario.scepUrl);
      const first = await enrolled(before.exchange, scenario);
      assert.equal(issuerOf(first.certificate), 'CN=Alder & Finch Test Issuing CA,O=Alder & Finch Test');

      assert.deepEqual(
        (await call('GET')).body.steps.map(({ step, state }) => `${step} ${state}`),
        ['next ready', 'announce blocked', 'distribute blocked', 'switch blocked', 'finish blocked'],
      );
      for (const step of ['announce', 'distribute', 'switch', 'finish']) await refused(step);
      await take('next');
      assert.equal((await fetch(`${scenario.scepUrl}?operation=GetNextCACert`)).status, 404);
      await refused('switch');

      await take('announce');
      const next = (await foundation.store.authorities.issuers()).find(({ slug }) => slug === 'alderfinch-g2');
      assert.ok(next);
      await checkAnnouncement(world, scenario, old.certificate, next.certificate);
      await refused('switch');

      await take('distribute');
      await take('distribute');
      const profiles = await foundation.store.profiles.all();
      const successors = profiles.filter(({ name }) => name === 'Issuing CA (alderfinch-g2)');
      assert.equal(successors.length, 1, 'one successor, also when it is done again');
      const [successor] = successors;
      assert.ok(successor?.kind === 'trustedCertificate' && intermediate.kind === 'trustedCertificate');
      assert.equal(successor.settings.certificate, toBase64(next.certificate));
      assert.equal(successor.settings.destinationStore, 'computerIntermediate');

      await take('switch');
      await take('switch');
      assert.doesNotMatch(await (await fetch(`${scenario.scepUrl}?operation=GetCACaps`)).text(), /GetNextCACert/);
      await using after = await ownClient(world, scenario.scepUrl);
      const renewed = await renew(after.exchange, await testClientKey(), first.requested, first);
      assert.ok(renewed.kind === 'issued', JSON.stringify(renewed));
      assert.equal(issuerOf(renewed.certificate), 'CN=Alder & Finch Test Issuing CA G2,O=Alder & Finch Test');
      await verified(world, next.certificate, renewed.certificate);

      // A client that still has the certificates of before: the old RA opens what it sends and signs what it gets.
      const late = await makeScenario(world, { name: 'late' });
      await using stale = await ownClient(world, late.scepUrl);
      const staleServer = { ...stale.exchange, server: { ...before.exchange.server, url: stale.exchange.server.url } };
      const requested = requestedBy(await late.deployment());
      const answer = await enroll(staleServer, await testClientKey(), requested, await late.challenge());
      assert.deepEqual(
        [answer.kind, 'code' in answer && answer.code],
        ['invalid', 'certificate-not-trusted'],
        'the answer is believed; the next issuer it has to ask for',
      );
      const { currentCertificateId } = await late.deployment();
      assert.ok(currentCertificateId !== null, `it was opened and issued: ${JSON.stringify(answer)}`);

      await refused('finish');
      const [oldRecord, newRecord] = await Promise.all(
        [first.certificate, renewed.certificate].map((der) => recordOf(world, der)),
      );
      assert.ok(oldRecord && newRecord);
      await authority.revoke({ certificateId: oldRecord.id, reason: 'superseded', cause: systemCause });
      assert.deepEqual(await listed(world, 'alderfinch-g1'), [oldRecord.serial]);
      assert.deepEqual(await listed(world, 'alderfinch-g2'), []);
      const status = await ocspStatus(world, old.certificate, oldRecord);
      assert.match(status, /: revoked/);

      await refused('finish');
      clock.advance(minute);
      const steps = await take('finish');
      assert.deepEqual(
        steps.map(({ step, state }) => `${step} ${state}`),
        ['next ready', 'announce blocked', 'distribute blocked', 'switch blocked', 'finish done'],
      );
      await take('finish');
      assert.equal((await foundation.store.keys.get(old.keyId))?.sealed, null);
      const last = await foundation.store.crls.latest(old.id, 0);
      assert.equal(last?.nextUpdate, parseCertificate(old.certificate).notAfter);
      const { items } = await foundation.store.events.list(
        { subject: null, types: ['authority.rollover'] },
        { limit: 20, cursor: null },
      );
      assert.deepEqual(items.map(({ data }) => data.step).reverse(), [
        'next',
        'announce',
        'distribute',
        'switch',
        'finish',
      ]);
    });

test('a node that does not know of the switch issues by the next issuer all the same', {
  skip: skipUnless('postgres', 'openssl'),
}, async () => {
  const clock = fakeClock(Date.now());
  await using first = await startWorld({ store: 'postgres', issuerKey: 'p-256', clock, config: { node: 'node-1' } });
  const { database } = first.server.foundation.config;
  const config = { database, secretFile: join(first.folder, 'secret'), node: 'node-2' };
  await using second = await startWorld({ authority: false, clock, config });
  const take = (step: RolloverStep) => rollover(first, step);
  const scenario = await makeScenario(first, { name: 'between' });
  await using client = await ownClient(second, scenario.scepUrl.replace(first.url, second.url));
  const old = (await first.server.authority.issuing.active(null)).issuer;
  for (const step of ['next', 'announce', 'distribute', 'switch'] as const) await take(step);
  // Its clock stands still, so that it would go on for ever with what it has in memory.
  const requested = requestedBy(await scenario.deployment());
  const outcome = await enroll(client.exchange, await testClientKey(), requested, await scenario.challenge());
  assert.deepEqual([outcome.kind, 'code' in outcome && outcome.code], ['invalid', 'certificate-not-trusted']);
  const { currentCertificateId } = await scenario.deployment();
  assert.ok(currentCertificateId);
  const issued = await first.server.foundation.store.certificates.get(currentCertificateId as CertificateId);
  assert.match(issuerOf(issued?.der ?? new Uint8Array()), /Issuing CA G2/);
  const rows = await first.server.foundation.store.scepTransactions.listByDeployment(
    (await scenario.deployment()).id,
    10,
  );
  assert.deepEqual(
    rows.filter(({ operation }) => operation === 'PKIOperation').map(({ node, outcome }) => [node, outcome]),
    [['node-2', 'success']],
    'one call, one certificate, one record',
  );

  clock.advance(minute);
  await take('finish');
  const { pool } = second.server.foundation;
  await fetch(`${second.url}/scep/${scenario.profile.slug}?operation=GetCACert`);
  assert.equal(first.server.foundation.pool.hasKey(old.keyId), false);
  assert.equal(pool.hasKey(old.keyId), false, 'nor does the other node keep what was removed');
});

test('a client that keeps the RA certificate of before is served, and believes the answer', { skip }, async () => {
  const clock = fakeClock(Date.now());
  await using world = await startWorld({ clock });
  const { foundation, authority } = world.server;
  const scenario = await makeScenario(world, { name: 'keeper' });
  await using before = await ownClient(world, scenario.scepUrl);
  clock.advance(2 * 365 * day + day);
  const lease = await until(
    'the lease',
    async () => (await foundation.leases.holdLease('registration-authorities')) ?? undefined,
  );
  assert.equal((await authority.renewRegistrationAuthorities(lease)).length, 1);
  clock.advance(10 * second);
  await using after = await ownClient(world, scenario.scepUrl);
  const { recipient: old } = before.exchange.server;
  assert.notDeepEqual(after.exchange.server.recipient.serial, old.serial);
  const { certificate } = await enrolled(before.exchange, scenario);
  assert.equal(issuerOf(certificate), nameText(old.issuer));
});

test('without the root’s key there is no next issuer, and the reason is said', { skip }, async () => {
  await using world = await startWorld({ issuerKey: 'p-256' });
  const { store } = world.server.foundation;
  const [root] = (await store.keys.all()).filter(({ purpose }) => purpose === 'root');
  assert.ok(root);
  await store.transact(() => store.keys.forget(root.id));
  const response = await fetch(`${world.url}/api/v1/authorities/alderfinch/rollover`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ step: 'next' }),
  });
  assert.equal(response.status, 409);
  assert.match(((await response.json()) as { detail: string }).detail, /key of the certificate above alderfinch-g1/);
});

async function rollover({ server: { foundation, authority } }: World, step: RolloverStep): Promise<void> {
  const { authorities, takeRolloverStep } = composeRollover(foundation, authority);
  const [{ id: authorityId }] = (await authorities.all()) as [Authority];
  await takeRolloverStep({ authorityId, step, cause: systemCause });
}

async function enrolled(exchange: ScepExchange, scenario: Scenario) {
  const key = await testClientKey();
  const requested = requestedBy(await scenario.deployment());
  const outcome = await enroll(exchange, key, requested, await scenario.challenge());
  assert.ok(outcome.kind === 'issued', JSON.stringify(outcome));
  return { key, requested, certificate: outcome.certificate };
}

/** RFC 8894 §4.7: signed by the present issuer; inside, the certificates that GetCACert will answer. */
async function checkAnnouncement(
  world: World,
  scenario: Scenario,
  issuer: Uint8Array,
  next: Uint8Array,
): Promise<void> {
  assert.match(await (await fetch(`${scenario.scepUrl}?operation=GetCACaps`)).text(), /^GetNextCACert$/m);
  const response = await fetch(`${scenario.scepUrl}?operation=GetNextCACert`);
  assert.equal(response.headers.get('content-type'), 'application/x-x509-next-ca-cert');
  const message = new Uint8Array(await response.arrayBuffer());
  const files = {
    'issuer.pem': toPem('CERTIFICATE', issuer),
    'root.pem': toPem('CERTIFICATE', await rootCertificate(world)),
    'next.pem': toPem('CERTIFICATE', next),
  };
  const at = ['-attime', String(Math.floor(world.clock.now() / 1000))];
  const content = await openssl(
    [
      'cms',
      '-verify',
      '-inform',
      'DER',
      '-binary',
      '-purpose',
      'any',
      '-CAfile',
      'root.pem',
      '-nointern',
      '-certfile',
      'issuer.pem',
      ...at,
    ],
    { input: message, files },
  );
  const inside = await opensslText(['pkcs7', '-inform', 'DER', '-print_certs'], { input: content });
  const subjects = [...inside.matchAll(/^subject=(.*)$/gm)].map(([, subject]) => subject);
  assert.equal(subjects.length, 3, inside);
  assert.match(subjects[1] ?? '', /Issuing CA G2$/);
  await openssl(['verify', '-x509_strict', ...at, '-CAfile', 'root.pem', 'next.pem'], { files });
}

async function verified(world: World, issuer: Uint8Array, leaf: Uint8Array): Promise<void> {
  const at = ['-attime', String(Math.floor(world.clock.now() / 1000))];
  await openssl(['verify', '-x509_strict', ...at, '-CAfile', 'root.pem', '-untrusted', 'issuer.pem', 'leaf.pem'], {
    files: {
      'root.pem': toPem('CERTIFICATE', await rootCertificate(world)),
      'issuer.pem': toPem('CERTIFICATE', issuer),
      'leaf.pem': toPem('CERTIFICATE', leaf),
    },
  });
}

function issuerOf(der: Uint8Array): string {
  return nameText(parseCertificate(der).issuer);
}

async function recordOf(world: World, der: Uint8Array): Promise<Certificate | null> {
  const { store } = world.server.foundation;
  const serial = toHex(parseCertificate(der).serial);
  for (const { id } of await store.authorities.issuers()) {
    const found = await store.certificates.findBySerial(id, serial);
    if (found !== null) return found;
  }
  return null;
}

async function listed(world: World, issuer: string): Promise<readonly string[]> {
  const response = await fetch(`${world.url}/pki/${issuer}/0.crl`);
  return parseCrl(new Uint8Array(await response.arrayBuffer())).revoked.map(({ serial }) => toHex(serial));
}

async function ocspStatus(world: World, issuer: Uint8Array, { serial }: Certificate): Promise<string> {
  const answer = await until('an OCSP answer', async () => {
    const body = new Uint8Array(ocspRequest({ issuer, serials: [serial] }));
    const response = await fetch(`${world.url}/ocsp`, { method: 'POST', body });
    const der = new Uint8Array(await response.arrayBuffer());
    return der.length > 10 ? der : undefined;
  });
  return opensslText(
    ['ocsp', '-respin', 'answer.der', '-issuer', 'issuer.pem', '-serial', `0x${serial}`, '-noverify', '-no_nonce'],
    { files: { 'answer.der': answer, 'issuer.pem': toPem('CERTIFICATE', issuer) } },
  );
}
