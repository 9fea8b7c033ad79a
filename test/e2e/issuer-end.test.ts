/** An issuer in its last years: what is issued ends before it, and says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enroll } from '../../src/client/scep-client.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { day, second } from '../../src/lib/clock.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { ownClient } from '../support/own-client.ts';
import { makeScenario } from '../support/scep-scenario.ts';
import { requestedBy, testClientKey } from '../support/scep-test-client.ts';
import { until } from '../support/until.ts';
import { startWorld, type World } from '../support/world.ts';

async function issuerEnd(world: World): Promise<number> {
  const { issuer } = await world.server.authority.issuing.active(null);
  return parseCertificate(issuer.certificate).notAfter;
}

/** As timed work does: the RA's certificate would have ended long before. */
async function renewRegistrationAuthority({ server }: World, clock: FakeClock): Promise<void> {
  const lease = await until(
    'the lease',
    async () => (await server.foundation.leases.holdLease('registration-authorities')) ?? undefined,
  );
  await server.authority.renewRegistrationAuthorities(lease);
  clock.advance(10 * second);
}

async function shortenings(world: World, deviceId: string) {
  const about = { subject: { kind: 'device', id: deviceId }, types: ['authority.certificate-shortened'] } as const;
  return (await world.server.foundation.store.events.list(about, { limit: 10, cursor: null })).items;
}

/** What a new device of a new profile gets. */
async function enrol(world: World, name: string, period: object | null) {
  const scenario = await makeScenario(world, { name, settings: { certificateValidityPeriod: period } });
  await using client = await ownClient(world, scenario.scepUrl);
  const requested = requestedBy(await scenario.deployment());
  const outcome = await enroll(client.exchange, await testClientKey(), requested, await scenario.challenge());
  assert.equal(outcome.kind, 'issued', JSON.stringify(outcome));
  return { scenario, ...(outcome.kind === 'issued' && { certificate: parseCertificate(outcome.certificate) }) };
}

test('a certificate ends just before its issuer, with an event that says so, where it would have ended after it', async () => {
  const clock = fakeClock();
  await using world = await startWorld({ clock });
  const end = await issuerEnd(world);
  clock.advance(end - clock.now() - 200 * day);
  await renewRegistrationAuthority(world, clock);

  // Nothing to shorten: 90 days are left with room to spare.
  const within = await enrol(world, 'within', { value: 90, unit: 'days' });
  assert.equal(within.certificate?.notAfter, clock.now() + 90 * day);
  assert.deepEqual(await shortenings(world, within.scenario.device.id), []);

  // As long as the template says: two years.
  const { scenario, certificate } = await enrol(world, 'shortened', null);
  assert.equal(certificate?.notAfter, end - 1000);
  const [event, ...more] = await shortenings(world, scenario.device.id);
  assert.deepEqual(event?.data, { notAfter: end - 1000, issuerNotAfter: end });
  assert.deepEqual(more, []);
});

test('a profile that was saved in time goes on issuing, shorter and shorter, until the issuer has ended', async () => {
  const clock = fakeClock();
  await using world = await startWorld({ clock });
  const end = await issuerEnd(world);
  const scenario = await makeScenario(world, {
    name: 'year',
    settings: { certificateValidityPeriod: { value: 1, unit: 'years' } },
  });
  clock.advance(end - clock.now() - 30 * day);
  await renewRegistrationAuthority(world, clock);
  await using client = await ownClient(world, scenario.scepUrl);
  const requested = requestedBy(await scenario.deployment());
  const exchange = { ...client.exchange, now: clock.now() };
  const outcome = await enroll(exchange, await testClientKey(), requested, await scenario.challenge());
  assert.equal(outcome.kind === 'issued' && parseCertificate(outcome.certificate).notAfter, end - 1000);
  assert.equal((await shortenings(world, scenario.device.id)).length, 1);
});

test('a profile that asks for more than the issuer has left is refused, for that reason', async () => {
  const clock = fakeClock();
  await using world = await startWorld({ clock });
  const end = await issuerEnd(world);
  clock.advance(end - clock.now() - 200 * day);
  const save = (value: number) =>
    makeScenario(world, { name: `days-${value}`, settings: { certificateValidityPeriod: { value, unit: 'days' } } });
  await assert.rejects(save(201), (error: Error) => {
    const findings = JSON.parse(error.message.replace('refused: ', ''));
    const errors = findings.filter(({ severity }: { severity: string }) => severity === 'error');
    assert.deepEqual(
      errors.map(({ rule, path }: { rule: string; path: string }) => [rule, path]),
      [['V11', 'settings.certificateValidityPeriod']],
    );
    assert.match(errors[0].detail, /issuer’s own certificate ends in (199|200) days/);
    return true;
  });
  await save(199);
});
