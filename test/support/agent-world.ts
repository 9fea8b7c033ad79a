import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createAuthority } from '../../src/authority/create-authority.ts';
import { unlockKeys } from '../../src/authority/unlock-keys.ts';
import type { AgentDeps } from '../../src/client/agent-deps.ts';
import { agentStatus } from '../../src/client/agent-status.ts';
import { fileAgentStore } from '../../src/client/file-agent-store.ts';
import { type HttpTransport, httpTransport, type TransportTrust } from '../../src/client/http-transport.ts';
import { joinAgent } from '../../src/client/join-agent.ts';
import { agentHabits } from '../../src/client/scep-habits.ts';
import { startServer } from '../../src/compose/server.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { DeviceId } from '../../src/directory/device.ts';
import { systemCause } from '../../src/events/event.ts';
import { day } from '../../src/lib/clock.ts';
import { Failure } from '../../src/lib/failure.ts';
import { newId } from '../../src/lib/ids.ts';
import type { ServerOptions } from '../../src/profiles/scep-settings.ts';
import { storeLinuxProfiles } from './delivery-fixture.ts';
import { fakeClock } from './fake-clock.ts';
import { takeRsaKey } from './key-pool.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A key from the run's pool. */
export async function poolKey() {
  const { privateKey, publicKey } = await takeRsaKey();
  return {
    privateKey: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
    publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
  };
}

/** The composed server on a free port, a Linux profile assigned to all devices, and a folder for one agent. */
export async function startAgentWorld(server: Partial<ServerOptions> = {}) {
  await using opening = new AsyncDisposableStack();
  const folder = opening.use(temporaryFolder('agent'));
  const clock = fakeClock();
  const logged: string[] = [];
  const put = (message: string, fields?: unknown): void => {
    logged.push(`${message} ${JSON.stringify(fields)}`);
  };
  const running = opening.use(
    await startServer({
      config: parseConfig(
        { SCEPWARD_LISTEN: '127.0.0.1:0', SCEPWARD_DATA: folder.file('server') },
        { tlsListen: null },
      ),
      clock,
      log: { debug: put, info: put, warn: put, error: (message, error) => put(message, String(error)) },
      secret: 'make',
      cryptoThreads: 0,
    }),
  );
  const { store, secret, pool } = running.foundation;
  const { root } = await createAuthority(
    { ...store, clock, secret, makeKey: poolKey },
    { name: 'Test', slug: 'test', pkiUrl: 'http://pki.example.test', cause: systemCause, rootKey: 'rsa-2048' },
  );
  await unlockKeys({ keys: store.keys, pool, secret });
  const profiles = await storeLinuxProfiles(store, clock, root.certificate, { server });
  const assign = (include: boolean) =>
    store.transact(async () => {
      for (const { id } of [profiles.trusted, profiles.scep])
        await store.assignments.replace(
          id,
          include
            ? [{ id: newId(clock), profileId: id, mode: 'include', target: { kind: 'allDevices' }, filter: null }]
            : [],
        );
      await store.dirtyQueue.markAll();
    });
  await assign(true);
  const agentFolder = folder.file('agent');
  const deps: AgentDeps = {
    store: fileAgentStore(agentFolder),
    clock,
    makeKey: poolKey,
    facts: () => ({ deviceName: 'bench-01', platform: 'linux', osVersion: '12' }),
    habits: agentHabits,
    roam: false,
    shuffle: (urls) => urls,
    openTransport: httpTransport,
  };
  const token = async (lifetime = day) =>
    (await running.delivery.createJoinToken({ deviceId: null, userId: null, lifetime, cause: systemCause })).text;
  const join = async () => joinAgent(deps, { server: running.url, token: await token() });
  const certificates = async () =>
    (
      await store.certificates.list(
        { deploymentId: null, deviceId: null, profileId: profiles.scep.id, search: null, status: null },
        clock.now(),
        { limit: 100, cursor: null },
      )
    ).items;
  const deployment = async () => {
    const { deviceId } = (await agentStatus(deps.store)) ?? { deviceId: '' };
    const found = await store.deployments.byDevices([deviceId as DeviceId]);
    const scep = found.find(({ kind }) => kind === 'scep');
    assert.ok(scep !== undefined);
    return scep;
  };
  const read = (...path: string[]): string => readFileSync(folder.file('agent', ...path), 'utf8');
  const open = opening.move();
  return {
    ...running,
    store,
    clock,
    root,
    profiles,
    assign,
    deps,
    folder,
    agentFolder,
    logged,
    token,
    join,
    certificates,
    deployment,
    read,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Loses the answers that `loses` says yes to: the server has done its part, the device hears nothing. */
export function losing(loses: (url: string, method: string) => boolean): (trust: TransportTrust) => HttpTransport {
  return (trust) => {
    const transport = httpTransport(trust);
    return {
      send: async (request) => {
        const answer = await transport.send(request);
        if (loses(request.url, request.method)) throw new Failure('unavailable', 'unreachable', 'The answer got lost.');
        return answer;
      },
      [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
    };
  };
}
