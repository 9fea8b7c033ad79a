import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createApiToken } from '../../src/access/create-api-token.ts';
import { enroll } from '../../src/client/scep-client.ts';
import { systemCause } from '../../src/events/event.ts';
import { ownClient } from '../support/own-client.ts';
import { type Exposed, parseExposition } from '../support/parse-exposition.ts';
import { makeScenario, type Scenario } from '../support/scep-scenario.ts';
import { requestedBy, testClientKey } from '../support/scep-test-client.ts';
import { freePort, startWorld, type World } from '../support/world.ts';

async function scrape(world: World, token = world.adminToken): Promise<Response> {
  return fetch(`${world.server.adminUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } });
}

async function metricsOf(world: World): Promise<Exposed> {
  return parseExposition(await (await scrape(world)).text());
}

describe('/metrics', () => {
  let world: World;
  let scenario: Scenario;
  before(async () => {
    world = await startWorld({ config: { adminListen: { host: '127.0.0.1', port: await freePort() } } });
    scenario = await makeScenario(world, { name: 'counted', platform: 'linux' });
    await using client = await ownClient(world, scenario.scepUrl);
    const requested = requestedBy(await scenario.deployment());
    const challenge = await scenario.challenge();
    const key = await testClientKey();
    assert.equal((await enroll(client.exchange, key, requested, challenge)).kind, 'issued');
    assert.equal((await enroll(client.exchange, key, requested, challenge)).kind, 'issued');
    assert.equal((await enroll(client.exchange, await testClientKey(), requested, challenge)).kind, 'refused');
  });
  after(() => world[Symbol.asyncDispose]());

  test('is for a token with metrics.read, at the address of administration', async () => {
    assert.equal((await fetch(`${world.url}/metrics`)).status, 404);
    assert.equal((await scrape(world, 'nonsense')).status, 401);
    const ports = { ...world.server.foundation.store, clock: world.clock };
    const tokenFor = async (permission: 'metrics.read' | 'events.read') =>
      (
        await createApiToken(ports, {
          name: permission,
          permissions: [permission],
          expiresAt: null,
          cause: systemCause,
        })
      ).secret;
    assert.equal((await scrape(world, await tokenFor('events.read'))).status, 403);
    const answer = await scrape(world, await tokenFor('metrics.read'));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  });

  test('counts what was issued, answered again and refused, by profile, platform and reason', async () => {
    const { samples } = await metricsOf(world);
    const of = 'platform="linux",profile="counted"';
    assert.equal(samples.get(`scepward_certificates_issued_total{${of},proof="challenge"}`), 1);
    assert.equal(samples.get(`scepward_pki_operations_total{outcome="issued",${of}}`), 1);
    assert.equal(samples.get(`scepward_pki_operations_total{outcome="success",${of}}`), 1);
    assert.equal(samples.get(`scepward_pki_operations_total{outcome="failure",${of}}`), 1);
    assert.equal(samples.get(`scepward_enrollment_failures_total{${of},reason="challenge-spent"}`), 1);
  });

  test('times cryptography, commits and requests', async () => {
    const { samples } = await metricsOf(world);
    const atLeast = (name: string, least: number) => assert.ok((samples.get(name) ?? -1) >= least, name);
    atLeast('scepward_crypto_duration_seconds_count{operation="open"}', 3);
    atLeast('scepward_crypto_duration_seconds_count{operation="certify"}', 1);
    atLeast('scepward_crypto_duration_seconds_count{operation="reply"}', 1);
    atLeast('scepward_store_commit_duration_seconds_count{kind="issuance"}', 1);
    atLeast('scepward_store_commit_duration_seconds_count{kind="other"}', 3);
    atLeast('scepward_http_request_duration_seconds_count{area="scep"}', 5);
    atLeast('scepward_http_requests_total{method="POST",route="/scep/:slug",status="200"}', 3);
    assert.equal(samples.get('scepward_crypto_queue'), 0);
    assert.equal(samples.get('scepward_crypto_alive'), 1);
    atLeast('process_cpu_seconds_total', 0.01);
    atLeast('process_resident_memory_bytes', 1e6);
    atLeast('process_start_time_seconds', 1.7e9);
  });

  test('tells the state of the store', async () => {
    const { samples } = await metricsOf(world);
    assert.equal(samples.get('scepward_store_up'), 1);
    assert.equal(samples.get('scepward_approvals_waiting'), 0);
    assert.equal(samples.get('scepward_reconcile_queue'), 0);
    assert.equal(samples.get('scepward_devices{platform="linux"}'), 1);
    assert.equal(
      samples.get('scepward_deployments{platform="linux",profile="counted",state="issued",wanted="true"}'),
      1,
    );
    const ends = [...samples.keys()].filter((name) => name.startsWith('scepward_authority_not_after_timestamp'));
    assert.deepEqual(ends.map((name) => /role="(\w+)"/.exec(name)?.[1]).sort(), ['issuer', 'issuer', 'ra']);
  });

  test('tells the age of every CRL', async () => {
    const { store } = world.server.foundation;
    for (const { id, shards } of await store.authorities.issuers())
      for (let shard = 0; shard < shards; shard++)
        if ((await store.crls.latest(id, shard)) === null)
          await world.server.authority.publishCrl({ issuerId: id, shard, cause: systemCause });
    await using fresh = await startWorld();
    for (const { id } of await fresh.server.foundation.store.authorities.issuers())
      await fresh.server.authority.publishCrl({ issuerId: id, shard: 0, cause: systemCause });
    const { samples } = await metricsOf(fresh);
    const [issuer] = await fresh.server.foundation.store.authorities.issuers();
    const labels = `{issuer="${issuer?.slug}",shard="0"}`;
    const age = samples.get(`scepward_crl_age_seconds${labels}`);
    assert.ok(age !== undefined && age >= 0 && age < 60, String(age));
    assert.ok((samples.get(`scepward_crl_next_update_timestamp_seconds${labels}`) ?? 0) > Date.now() / 1000);
    assert.equal(samples.get(`scepward_revocations_unpublished${labels}`), 0);
    assert.equal(samples.get(`scepward_revocation_lag_seconds${labels}`), 0);
  });

  test('answers when the store is away, with what the process knows', async () => {
    await using broken = await startWorld({ authority: false, cryptoThreads: 0 });
    const { profiles } = broken.server.foundation.store as { profiles: { all: unknown } };
    profiles.all = () => Promise.reject(new Error('away'));
    const { samples } = await metricsOf(broken);
    assert.equal(samples.get('scepward_store_up'), 0);
    assert.ok((samples.get('process_resident_memory_bytes') ?? 0) > 0);
  });

  test('asks the store once for many scrapers', async () => {
    await using fresh = await startWorld({ authority: false, cryptoThreads: 0 });
    const { profiles } = fresh.server.foundation.store as { profiles: { all(): Promise<unknown> } };
    let asked = 0;
    const { all } = profiles;
    profiles.all = () => {
      asked += 1;
      return all();
    };
    await Promise.all(Array.from({ length: 5 }, () => metricsOf(fresh)));
    await metricsOf(fresh);
    assert.equal(asked, 1);
  });
});
