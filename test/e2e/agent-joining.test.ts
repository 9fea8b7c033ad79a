import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runAgentOnce } from '../../src/client/agent.ts';
import { fileAgentStore } from '../../src/client/file-agent-store.ts';
import { joinAgent } from '../../src/client/join-agent.ts';
import { revokeCredentials } from '../../src/delivery/revoke-credentials.ts';
import type { DeviceId } from '../../src/directory/device.ts';
import { systemCause } from '../../src/events/event.ts';
import { minute } from '../../src/lib/clock.ts';
import { isFailure } from '../../src/lib/failure.ts';
import { losing, startAgentWorld } from '../support/agent-world.ts';

describe('joining a running server', () => {
  const refused = (code: string) => (error: unknown) => isFailure(error, code);

  it('a token serves once', async () => {
    await using world = await startAgentWorld();
    const token = await world.token();
    await joinAgent(world.deps, { server: world.url, token });
    await assert.rejects(joinAgent(world.deps, { server: world.url, token }), refused('already-joined'));
    const other = { ...world.deps, store: fileAgentStore(world.folder.file('other')) };
    await assert.rejects(joinAgent(other, { server: world.url, token }), refused('token-used'));
    assert.equal(await other.store.load(), null);
  });

  it('an expired or an invented token does not serve, and after ten tries from one address none is heard', async () => {
    await using world = await startAgentWorld();
    const token = await world.token(minute);
    world.clock.advance(minute);
    await assert.rejects(joinAgent(world.deps, { server: world.url, token }), refused('token-expired'));
    const invented = `${'A'.repeat(52)}.${token.split('.')[1]}`;
    for (let i = 0; i < 9; i++)
      await assert.rejects(joinAgent(world.deps, { server: world.url, token: invented }), refused('token-unknown'));
    const good = await world.token();
    await assert.rejects(joinAgent(world.deps, { server: world.url, token: good }), refused('too-many-failed-joins'));
  });

  it('a server that is not the one of the token never sees its secret', async () => {
    await using world = await startAgentWorld();
    const secret = (await world.token()).split('.')[0] as string;
    const asked: string[] = [];
    const openTransport = losing((url) => {
      asked.push(url);
      return false;
    });
    await assert.rejects(
      joinAgent({ ...world.deps, openTransport }, { server: world.url, token: `${secret}.${'00'.repeat(32)}` }),
      refused('pin-mismatch'),
    );
    assert.deepEqual(asked, [`${world.url}/device/v1/anchors`]);
  });

  it('a revoked credential is told apart from an unreachable server', async () => {
    await using world = await startAgentWorld();
    const { deviceId } = await world.join();
    await revokeCredentials(
      { ...world.store, clock: world.clock },
      { deviceId: deviceId as DeviceId, cause: systemCause },
    );
    await assert.rejects(runAgentOnce(world.deps), refused('credential-revoked'));
  });

  it('plain HTTP to another machine is refused before anything is sent', async () => {
    await using world = await startAgentWorld();
    const token = await world.token();
    await assert.rejects(joinAgent(world.deps, { server: 'http://scep.example.org', token }), refused('https-needed'));
  });

  it('the server refuses plain HTTP that a proxy nobody trusts brings', async () => {
    await using world = await startAgentWorld();
    const answer = await fetch(`${world.url}/device/v1/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.7' },
      body: JSON.stringify({ secret: 'x', facts: { deviceName: 'x', platform: 'linux' } }),
    });
    assert.equal(answer.status, 403);
    assert.equal(((await answer.json()) as { code: string }).code, 'https-needed');
  });
});
