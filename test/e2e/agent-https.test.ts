import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createAuthority } from '../../src/authority/create-authority.ts';
import { runAgentOnce } from '../../src/client/agent.ts';
import type { AgentDeps } from '../../src/client/agent-deps.ts';
import { httpTransport } from '../../src/client/http-transport.ts';
import { joinAgent } from '../../src/client/join-agent.ts';
import { memoryAgentStore } from '../../src/client/memory-agent-store.ts';
import { agentHabits } from '../../src/client/scep-habits.ts';
import { openFoundation } from '../../src/compose/foundation.ts';
import { createLog } from '../../src/compose/log.ts';
import { startServer } from '../../src/compose/server.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemCause } from '../../src/events/event.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { poolKey } from '../support/agent-world.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('over HTTPS an agent trusts the authority that its token names, and no other', async () => {
  await using folder = temporaryFolder('https');
  const options = {
    config: parseConfig(
      { SCEPWARD_LISTEN: '127.0.0.1:0', SCEPWARD_TLS_LISTEN: '127.0.0.1:0', SCEPWARD_DATA: folder.path },
      { tlsListen: null },
    ),
    clock: systemClock,
    log: createLog('silent'),
    secret: 'make',
    cryptoThreads: 0,
  } as const;
  {
    await using foundation = await openFoundation(options);
    await createAuthority(
      { ...foundation.store, clock: systemClock, secret: foundation.secret, makeKey: poolKey },
      { name: 'Test', slug: 'test', pkiUrl: 'http://pki.example.test', cause: systemCause, rootKey: 'rsa-2048' },
    );
  }
  await using server = await startServer(options);
  assert.ok(server.tlsUrl !== null);
  const deps: AgentDeps = {
    store: memoryAgentStore(),
    clock: systemClock,
    makeKey: poolKey,
    facts: () => ({ deviceName: 'bench-01', platform: 'linux', osVersion: '12' }),
    habits: agentHabits,
    roam: false,
    shuffle: (urls) => urls,
    openTransport: httpTransport,
  };
  const { text } = await server.delivery.createJoinToken({ deviceId: null, userId: null, cause: systemCause });
  await joinAgent(deps, { server: server.tlsUrl, token: text });
  assert.equal((await runAgentOnce(deps)).retired, false);
  const answer = await fetch(`${server.url}/device/v1/anchors`);
  assert.equal(answer.status, 200);
  await assert.rejects(fetch(`${server.tlsUrl}/device/v1/anchors`), 'nobody else trusts it');
});
