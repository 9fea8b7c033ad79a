/** What an agent goes through while it is joined: its credential replaced or taken away, and a new cadence. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createApiToken } from '../../src/access/create-api-token.ts';
import { runAgentOnce } from '../../src/client/agent.ts';
import { type HttpTransport, httpTransport, type TransportTrust } from '../../src/client/http-transport.ts';
import { runAgent } from '../../src/client/run-agent.ts';
import { sleep } from '../../src/client/sleep.ts';
import { systemCause } from '../../src/events/event.ts';
import { day, hour, minute } from '../../src/lib/clock.ts';
import { isFailure } from '../../src/lib/failure.ts';
import { adminClient } from '../support/admin-client.ts';
import { losing, startAgentWorld } from '../support/agent-world.ts';

type AgentWorld = Awaited<ReturnType<typeof startAgentWorld>>;

async function apiOf({ store, clock, url }: AgentWorld) {
  const wish = { name: 'test', permissions: 'all', expiresAt: null, cause: systemCause } as const;
  const { secret } = await createApiToken({ ...store, clock }, wish);
  return adminClient({ url, adminToken: secret });
}

async function credentialOf({ deps }: AgentWorld): Promise<string> {
  const state = await deps.store.load();
  assert.ok(state !== null);
  return state.credential;
}

async function withCredential({ deps }: AgentWorld, credential: string): Promise<void> {
  const state = await deps.store.load();
  assert.ok(state !== null);
  await deps.store.save({ ...state, credential });
}

describe('the credential of a device', () => {
  it('is replaced after 30 days, and the old one is worth nothing once the new one was used', async () => {
    await using world = await startAgentWorld();
    await world.join();
    await runAgentOnce(world.deps);
    const first = await credentialOf(world);
    world.clock.advance(29 * day);
    await runAgentOnce(world.deps);
    assert.equal(await credentialOf(world), first);

    world.clock.advance(2 * day);
    await runAgentOnce(world.deps);
    const second = await credentialOf(world);
    assert.notEqual(second, first);
    // Not used yet: the device may have lost the answer, and come with the old one.
    assert.deepEqual((await runAgentOnce(world.deps)).results, []);
    assert.equal(await credentialOf(world), second);

    await withCredential(world, first);
    await assert.rejects(runAgentOnce(world.deps), (error) => isFailure(error, 'credential-superseded'));
    await withCredential(world, second);
    await runAgentOnce(world.deps);
    const { items } = await world.store.events.list(
      { subject: null, types: ['device.credential-rotated'] },
      { limit: 10, cursor: null },
    );
    assert.equal(items.length, 1);
  });

  it('that was replaced in an answer which got lost still serves, and is replaced again', async () => {
    await using world = await startAgentWorld();
    await world.join();
    await runAgentOnce(world.deps);
    const first = await credentialOf(world);
    world.clock.advance(31 * day);
    const deaf = { ...world.deps, openTransport: losing((url) => url.endsWith('/check-in')) };
    await assert.rejects(runAgentOnce(deaf), (error) => isFailure(error, 'unreachable'));
    assert.equal(await credentialOf(world), first);
    await runAgentOnce(world.deps);
    assert.notEqual(await credentialOf(world), first);
    await runAgentOnce(world.deps);
  });

  it('that an administrator revokes shuts the device out, and takes nothing else from it', async () => {
    await using world = await startAgentWorld();
    const { deviceId } = await world.join();
    await runAgentOnce(world.deps);
    const api = await apiOf(world);
    const answer = await api('DELETE', `/devices/${deviceId}/credentials`);
    assert.deepEqual([answer.status, answer.body], [200, { revoked: 1 }]);
    await assert.rejects(runAgentOnce(world.deps), (error) => isFailure(error, 'credential-revoked'));
    const waiting = await fetch(`${world.url}/device/v1/wake?version=x`, {
      headers: { authorization: `Bearer ${await credentialOf(world)}` },
    });
    assert.equal(waiting.status, 401);
    assert.ok(world.read('certificates', 'wifi', 'key.pem').length > 0);
    assert.equal((await world.deployment()).wanted, true);
  });

  it('that is revoked while the agent waits for news ends the agent, long before its cadence', async () => {
    await using world = await startAgentWorld();
    const { deviceId } = await world.join();
    const api = await apiOf(world);
    const revokedBeforeWaiting = (trust: TransportTrust): HttpTransport => {
      const transport = httpTransport(trust);
      return {
        send: async (request) => {
          if (request.url.includes('/wake')) await api('DELETE', `/devices/${deviceId}/credentials`);
          return transport.send(request);
        },
        [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
      };
    };
    const stop = new AbortController();
    let runs = 0;
    const ended = runAgent(
      { ...world.deps, openTransport: revokedBeforeWaiting },
      {
        signal: stop.signal,
        sleep: (delay, signal) => sleep(delay > minute ? hour : 1, signal),
        onRun: () => {
          runs += 1;
        },
        onFailure: () => stop.abort(),
      },
    );
    await assert.rejects(ended, (error) => isFailure(error, 'credential-revoked'));
    assert.equal(runs, 1);
  });
});

describe('an edit that issues nothing', () => {
  async function edit(world: AgentWorld, change: object): Promise<void> {
    const api = await apiOf(world);
    const { body, headers } = await api('GET', '/profiles/wifi/document');
    const document = { ...body, settings: { ...body.settings, ...change } };
    const saved = await api('PUT', '/profiles/wifi', {
      body: document,
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
  }
  const itemOf = async ({ deps }: AgentWorld) => {
    const item = (await deps.store.load())?.items.find(({ kind }) => kind === 'scep');
    assert.ok(item !== undefined);
    return item;
  };

  it('reaches a connected agent at once, moves the renewal, and leaves the certificate', async () => {
    await using world = await startAgentWorld();
    await world.join();
    await runAgentOnce(world.deps);
    const before = await itemOf(world);
    const stop = new AbortController();
    let runs = 0;
    await runAgent(world.deps, {
      signal: stop.signal,
      sleep: (_delay, signal) => sleep(hour, signal),
      onRun: () => {
        runs += 1;
        if (runs === 2) stop.abort();
        else void edit(world, { renewalThreshold: 50 });
      },
      onFailure: () => stop.abort(),
    });
    const item = await itemOf(world);
    assert.deepEqual([runs, item.deliveryVersion, item.thumbprint256], [2, 2, before.thumbprint256]);
    const { notBefore, notAfter } = (await world.certificates())[0] ?? { notBefore: 0, notAfter: 0 };
    assert.equal(item.renewAt, notAfter - (notAfter - notBefore) / 2);
    assert.notEqual(item.renewAt, before.renewAt);
    assert.equal((await world.certificates()).length, 1);
    assert.equal((await world.deployment()).state, 'installed');
  });

  it('sends a request that waits for approval on to the new address, with the same key', async () => {
    await using world = await startAgentWorld({ approval: 'manual' });
    await world.join();
    assert.equal((await runAgentOnce(world.deps)).results[0]?.outcome, 'pending');
    const key = (await itemOf(world)).task?.keyBundle;
    await edit(world, { scepServerUrls: [`${world.url.replace('127.0.0.1', 'localhost')}/scep/wifi`] });
    await runAgentOnce(world.deps);
    const { task } = await itemOf(world);
    assert.match(JSON.stringify(task?.payload), /localhost/);
    assert.deepEqual([task?.pendingAt, task?.keyBundle], [null, key]);
    const api = await apiOf(world);
    const waiting = (await api('GET', '/approvals')).body.items;
    assert.equal(waiting.length, 1);
    await api('POST', `/approvals/${waiting[0].id}/decision`, { body: { decision: 'approved' } });
    world.clock.advance(2 * minute);
    assert.equal((await runAgentOnce(world.deps)).results[0]?.outcome, 'enrolled');
    assert.equal((await world.certificates()).length, 1);
  });
});

describe('a new cadence', () => {
  it('reaches a connected agent at once, by the API', async () => {
    await using world = await startAgentWorld();
    await world.join();
    await runAgentOnce(world.deps);
    const api = await apiOf(world);
    const stop = new AbortController();
    const nextRuns: number[] = [];
    const ended = runAgent(world.deps, {
      signal: stop.signal,
      // The clock stands still: only the server's word ends the wait.
      sleep: (_delay, signal) => sleep(hour, signal),
      onRun: ({ nextRun }) => {
        nextRuns.push(nextRun - world.clock.now());
        if (nextRuns.length === 2) stop.abort();
        else void api('PUT', '/settings/cadence', { body: { cadence: { early: [], steady: 42 * minute } } });
      },
      onFailure: () => stop.abort(),
    });
    assert.equal(await ended, 'stopped');
    assert.deepEqual(nextRuns, [3 * minute, 42 * minute]);
  });
});
