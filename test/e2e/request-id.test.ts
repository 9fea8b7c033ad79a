/** One id holds together what a client was answered, what the log says, the events and the row in the timeline. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeScenario, type Scenario } from '../support/scep-scenario.ts';
import {
  buildMessage,
  csrOf,
  post,
  readReply,
  registrationAuthorityOf,
  requestedBy,
  selfSigned,
  testClientKey,
} from '../support/scep-test-client.ts';
import { startWorld, type World } from '../support/world.ts';

type Line = Readonly<Record<string, unknown>>;

let world: World;
let scenario: Scenario;
before(async () => {
  world = await startWorld();
  scenario = await makeScenario(world, { name: 'traced' });
});
after(() => world[Symbol.asyncDispose]());

const lines = (requestId: string): Line[] =>
  world.log.map((line) => JSON.parse(line) as Line).filter((line) => line.requestId === requestId);

async function ask(challenge: string | null) {
  const deployment = await scenario.deployment();
  const key = await testClientKey();
  const address = `${scenario.scepUrl}/d/${deployment.deliveryRef}`;
  const requested = requestedBy(deployment);
  const message = buildMessage({
    type: 'PKCSReq',
    content: csrOf(key, requested, challenge),
    signer: selfSigned(key, requested.subject),
    recipient: await registrationAuthorityOf(address),
  });
  const response = await post(address, message);
  const requestId = response.headers.get('x-request-id') ?? '';
  assert.match(requestId, /^[0-9a-f-]{36}$/);
  return { deployment, requestId, reply: await readReply(response, key) };
}

async function recorded(requestId: string, deploymentId: string) {
  const { store } = world.server.foundation;
  const rows = (await store.scepTransactions.listByDeployment(deploymentId, 50)).filter(
    (row) => row.requestId === requestId,
  );
  const events = (await store.events.list({ subject: null, types: null }, { limit: 200, cursor: null })).items.filter(
    ({ cause }) => cause.requestId === requestId,
  );
  return { rows, events };
}

test('an enrolment has one id in answer, log, event and timeline', async () => {
  const { deployment, requestId, reply } = await ask(await scenario.challenge());
  assert.equal(reply.status, 'SUCCESS');
  const { rows, events } = await recorded(requestId, deployment.id);
  assert.deepEqual(
    rows.map(({ operation, outcome }) => [operation, outcome]),
    [['PKIOperation', 'success']],
  );
  assert.deepEqual(
    events.map(({ type }) => type),
    ['certificate.issued'],
  );
  const [line, ...more] = lines(requestId);
  assert.deepEqual(more, []);
  assert.deepEqual(
    [line?.level, line?.message, line?.method, line?.status, line?.reason],
    ['info', 'request', 'POST', 200, undefined],
  );
});

test('so has a refusal, and its line says why', async () => {
  await scenario.openGeneration();
  const { deployment, requestId, reply } = await ask('AAAAAAAAAAAAAAAAAAAAAAAAAA');
  assert.equal(reply.status, 'FAILURE');
  const { events } = await recorded(requestId, deployment.id);
  assert.deepEqual(
    events.map(({ type, data }) => [type, data.reason]),
    [['enrollment.refused', 'challenge-unknown']],
  );
  assert.deepEqual(
    lines(requestId).map(({ level, status, reason }) => [level, status, reason]),
    [['info', 200, 'challenge-unknown']],
  );
});

test('so has what GetCACert asked at the address of a delivery', async () => {
  const { deliveryRef, id } = await scenario.deployment();
  const response = await fetch(`${scenario.scepUrl}/d/${deliveryRef}?operation=GetCACert`);
  const { rows } = await recorded(response.headers.get('x-request-id') ?? '', id);
  assert.deepEqual(
    rows.map(({ operation }) => operation),
    ['GetCACert'],
  );
});

test('so has an administrator’s change', async () => {
  const response = await fetch(`${world.url}/api/v1/groups`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Traced', kind: 'device' }),
  });
  assert.equal(response.status, 201);
  const requestId = response.headers.get('x-request-id') ?? '';
  const { events } = await recorded(requestId, '');
  assert.deepEqual(
    events.map(({ type }) => type),
    ['directory.changed'],
  );
  assert.equal(lines(requestId).length, 1);
});

test('a problem names its code in the log; a client’s own x-request-id is not taken', async () => {
  const forged = '00000000-0000-7000-8000-000000000000';
  const response = await fetch(`${world.url}/api/v1/users`, { headers: { 'x-request-id': forged } });
  assert.equal(response.status, 401);
  const requestId = response.headers.get('x-request-id') ?? '';
  assert.notEqual(requestId, forged);
  assert.deepEqual(
    lines(requestId).map(({ status, reason }) => [status, reason]),
    [[401, 'unauthenticated']],
  );
});

test('who only asks how we are is told of at debug', async () => {
  const response = await fetch(`${world.url}/healthz`);
  assert.equal(lines(response.headers.get('x-request-id') ?? '')[0]?.level, 'debug');
});
