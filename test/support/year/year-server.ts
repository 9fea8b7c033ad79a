/** The server of the simulated year: the real one on loopback, with timed work that is done when told, started again at will. */
import assert from 'node:assert/strict';
import { createApiToken } from '../../../src/access/create-api-token.ts';
import { defaultTemplate } from '../../../src/authority/certificate-template.ts';
import type { HttpTransport, TransportTrust } from '../../../src/client/http-transport.ts';
import { sharedTransport } from '../../../src/client/shared-transport.ts';
import { createLog } from '../../../src/compose/log.ts';
import { type RunningServer, startServer } from '../../../src/compose/server.ts';
import { parseConfig } from '../../../src/config/config.ts';
import type { KeyKind } from '../../../src/crypto/key-pair.ts';
import { generateKeyPair } from '../../../src/crypto/key-pair.ts';
import { systemCause } from '../../../src/events/event.ts';
import { startSchedule } from '../../../src/schedule.ts';
import { type AdminClient, type ApiCall, adminClient } from '../admin-client.ts';
import { poolKey } from '../agent-world.ts';
import { type FakeClock, fakeClock } from '../fake-clock.ts';
import type { StoreKind } from '../stores.ts';
import { folderInMemory } from '../temporary-folder.ts';
import { testDatabase } from '../test-database.ts';
import { freePort } from '../world.ts';

export type YearServer = AsyncDisposable & {
  readonly clock: FakeClock;
  readonly url: string;
  /** The one that runs now. */
  readonly running: RunningServer;
  /** The administration API; throws for what is not answered with success. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape, and a test fails where it is another
  ask(method: string, path: string, body?: unknown, headers?: ApiCall['headers']): Promise<any>;
  readonly api: AdminClient;
  openTransport(trust: TransportTrust): HttpTransport;
  /** Everything that the schedule's table has, once, and what it sets off. */
  tick(): Promise<void>;
  /** Removals of many devices that wait, and are not confirmed by themselves while `hesitate` runs. */
  waitingRemovals(): Promise<number>;
  hesitate(work: () => Promise<void>): Promise<void>;
  readonly hesitating: boolean;
  /** Until no job runs. */
  jobsDone(): Promise<void>;
  restart(): Promise<void>;
  /** Lines of the log that say that something went wrong. */
  readonly wrong: readonly string[];
};

export const authoritySlug = 'year';

export async function startYearServer(kind: StoreKind): Promise<YearServer> {
  await using opening = new AsyncDisposableStack();
  const folder = opening.use(folderInMemory('year'));
  const clock = fakeClock();
  const port = await freePort();
  const database = kind === 'postgres' ? opening.use(await testDatabase()).url : undefined;
  const config = parseConfig(
    {
      SCEPWARD_LISTEN: `127.0.0.1:${port}`,
      SCEPWARD_DATA: folder.path,
      ...(database !== undefined && { SCEPWARD_DATABASE_URL: database }),
    },
    { tlsListen: null },
  );
  const wrong: string[] = [];
  const log = createLog('warn', (line) => isExpected(line) || wrong.push(line));
  const options = { config, clock, log, secret: 'make', cryptoThreads: 0 } as const;
  let server = await startServer({
    ...options,
    prepare: async ({ authority, addresses }) => {
      await authority.create(
        {
          name: 'Year',
          slug: authoritySlug,
          pkiUrl: addresses.pkiUrl,
          rootKey: 'p-256',
          issuerKey: 'p-256',
          templates: [{ ...defaultTemplate, keySizes: [1024, 2048] }],
          cause: systemCause,
        },
        testKey,
      );
    },
  });
  let transports = sharedTransport(8);
  let hesitating = false;
  opening.defer(async () => {
    await transports[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const { secret: adminToken } = await createApiToken(
    { ...server.foundation.store, clock },
    { name: 'year', permissions: 'all', expiresAt: null, cause: systemCause },
  );
  const client = adminClient({ url: server.url, adminToken });
  // A connection of its own each time: one that was kept open ends when this process has not had its turn for long.
  const api: AdminClient = (method, path, call = {}) =>
    client(method, path, { ...call, headers: { ...call.headers, connection: 'close' } });
  const open = opening.move();
  return {
    clock,
    api,
    url: server.url,
    wrong,
    get running() {
      return server;
    },
    async ask(method, path, body, headers = {}) {
      const answer = await api(method, path, { ...(body !== undefined && { body }), headers });
      assert.ok(answer.status < 300, `${method} ${path} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    openTransport: (trust) => transports.open(trust),
    async tick() {
      await server.reconciling.settled();
      // Each piece of work begins at once, and disposing waits for it.
      await startSchedule(server)[Symbol.asyncDispose]();
      await server.reconciling.settled();
      // What many lose at once waits for an administrator, who means what was done.
      for (const { id } of hesitating ? [] : await server.foundation.store.removalCases.waiting())
        await api('POST', `/removals/${id}/confirm`);
      await server.jobs.runner.settled();
      await server.removals.revocations.settled();
    },
    waitingRemovals: async () => (await server.foundation.store.removalCases.waiting()).length,
    get hesitating() {
      return hesitating;
    },
    async hesitate(work) {
      hesitating = true;
      await work();
      hesitating = false;
    },
    jobsDone: () => server.jobs.runner.settled(),
    async restart() {
      await transports[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      server = await startServer(options);
      transports = sharedTransport(8);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** A clock that jumps by hours ends leases whose holder is in the middle of something: it is done by the next turn. */
function isExpected(line: string): boolean {
  return /that waits to be confirmed|a mass removal waits for somebody|"code":"lease-lost"/.test(line);
}

function testKey(kind: KeyKind) {
  return kind === 'rsa-2048' ? poolKey() : generateKeyPair(kind);
}
