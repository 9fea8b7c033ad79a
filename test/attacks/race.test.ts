/** Attackers who are quick: what is decided on facts that change meanwhile is decided again where it is written. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClientKey } from '../../src/client/certificate-request.ts';
import { revokeCredentials } from '../../src/delivery/revoke-credentials.ts';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { systemCause } from '../../src/events/event.ts';
import { askedBy, type ForgedMessage, forgedCsr, forgeMessage } from '../support/forged-message.ts';
import { skipUnless } from '../support/requires.ts';
import { rounds } from '../support/rounds.ts';
import { makeScenario, type Scenario } from '../support/scep-scenario.ts';
import {
  post,
  readReply,
  registrationAuthorityOf,
  selfSigned,
  type TestReply,
  testClientKey,
} from '../support/scep-test-client.ts';
import { startWorld, type World } from '../support/world.ts';

const cause = systemCause;
const times = rounds(8, 50);
const nobody = new Uint8Array([0x30, 0]);

for (const store of ['sqlite', 'postgres'] as const)
  describe(`at the same time (${store})`, { skip: store === 'postgres' && skipUnless('postgres') }, () => {
    test('three renewals with three keys yield one certificate', async () => {
      await using world = await startWorld({ store });
      const [old, ...keys] = await Promise.all(Array.from({ length: 4 }, () => testClientKey()));
      assert.ok(old);
      for (let i = 0; i < times; i++) {
        const scenario = await makeScenario(world, { name: `victim-${i}`, user: null });
        const first = await readReply(await enrol(scenario, old), old);
        const [certificate] = first.certificates;
        assert.ok(certificate);
        const signer = { key: old, certificate };
        const deployment = await scenario.deployment();
        const replies: readonly TestReply[] = await Promise.all(
          keys.map(async (key) => {
            const message = await build(scenario, deployment, key, null, { type: 'RenewalReq', signer });
            return readReply(await post(scenario.scepUrl, message), old);
          }),
        );
        assert.equal(replies.filter(({ status }) => status === 'SUCCESS').length, 1);
        for (const { status, reason } of replies)
          if (status !== 'SUCCESS') assert.match(reason ?? '', /^(signer-superseded|generation-issued)$/);
        assert.equal((await certificatesOf(world, scenario)).length, 2);
      }
    });

    test('an enrolment and the retirement of its device leave no certificate that is good', async (context) => {
      await using world = await startWorld({ store });
      const key = await testClientKey();
      let issued = 0;
      for (let i = 0; i < times; i++) {
        const scenario = await makeScenario(world, { name: `victim-${i}`, user: null });
        const deployment = await scenario.deployment();
        const message = await build(scenario, deployment, key, await scenario.challenge());
        const answer = post(scenario.scepUrl, message);
        // A little later each time, so that it falls into every step.
        for (let turn = 0; turn < i % 8; turn++) await new Promise(setImmediate);
        await world.server.lifecycle.retire({ deviceId: scenario.device.id, action: 'retire', cause });
        const { status, reason } = await readReply(await answer, key);
        if (status === 'SUCCESS') issued++;
        else assert.match(reason ?? '', /^(challenge-cancelled|scep-profile-no-longer-targeted-to-the-client)$/);
        for (const { revokedAt } of await certificatesOf(world, scenario)) assert.notEqual(revokedAt, null);
        assert.equal((await certificatesOf(world, scenario)).length, status === 'SUCCESS' ? 1 : 0);
        assert.equal((await scenario.deployment()).wanted, false);
      }
      context.diagnostic(`${issued} of ${times} were issued, and revoked`);
    });

    test('a check-in and the end of its credential yield no challenge that outlives the device', async (context) => {
      await using world = await startWorld({ store });
      const { store: stores } = world.server.foundation;
      const key = await testClientKey();
      let delivered = 0;
      for (let i = 0; i < times; i++) {
        const scenario = await makeScenario(world, { name: `victim-${i}`, user: null });
        const due = await scenario.deployment();
        const { id: deviceId } = scenario.device;
        const { text } = await world.server.delivery.createJoinToken({ deviceId, userId: null, cause });
        const facts = { deviceName: scenario.device.deviceName, platform: 'linux' };
        const joined = await send(world, '/device/v1/join', null, { secret: text.split('.')[0], facts });
        const { credential } = (await joined.json()) as { credential: string };
        const answer = send(world, '/device/v1/check-in', credential, { facts, held: [] });
        for (let turn = 0; turn < i % 8; turn++) await new Promise(setImmediate);
        await revokeCredentials({ ...stores, clock: world.clock }, { deviceId, cause });
        await world.server.lifecycle.retire({ deviceId, action: 'retire', cause });
        const checkedIn = await answer;
        assert.ok([200, 401].includes(checkedIn.status), String(checkedIn.status));
        if (checkedIn.status !== 200) continue;
        const { enroll } = (await checkedIn.json()) as { enroll: readonly { challenge: string }[] };
        delivered += enroll.length;
        for (const { challenge } of enroll) {
          const message = await build(scenario, due, key, challenge);
          const { status, reason } = await readReply(await post(scenario.scepUrl, message), key);
          assert.equal(status, 'FAILURE');
          assert.match(reason ?? '', /^(challenge-cancelled|scep-profile-no-longer-targeted-to-the-client)$/);
        }
        assert.deepEqual(await certificatesOf(world, scenario), []);
      }
      context.diagnostic(`${delivered} challenges were delivered in ${times} races`);
    });
  });

async function build(
  { scepUrl }: Scenario,
  deployment: Deployment,
  key: ClientKey,
  challenge: string | null,
  change: Partial<ForgedMessage> = {},
): Promise<Uint8Array> {
  const recipient = await registrationAuthorityOf(scepUrl);
  const content = forgedCsr(key, askedBy(deployment), challenge);
  return forgeMessage({ type: 'PKCSReq', content, signer: selfSigned(key, nobody), recipient, ...change }).bytes;
}

async function enrol(scenario: Scenario, key: ClientKey): Promise<Response> {
  const message = await build(scenario, await scenario.deployment(), key, await scenario.challenge());
  return post(scenario.scepUrl, message);
}

async function certificatesOf(world: World, { device }: Scenario) {
  const query = { deploymentId: null, deviceId: device.id, profileId: null, search: null, status: null };
  const page = { limit: 100, cursor: null };
  return (await world.server.foundation.store.certificates.list(query, world.clock.now(), page)).items;
}

function send(world: World, path: string, credential: string | null, body: unknown): Promise<Response> {
  return fetch(world.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(credential !== null && { authorization: `Bearer ${credential}` }),
    },
    body: JSON.stringify(body),
  });
}
