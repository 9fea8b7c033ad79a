import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Client } from 'pg';
import { openAuditKey } from '../../src/compose/audit-key.ts';
import { type EventType, type NewEvent, systemCause } from '../../src/events/event.ts';
import { pruneEvents } from '../../src/events/seal/prune-events.ts';
import type { SealHead } from '../../src/events/seal/seal-block.ts';
import { sealEvents } from '../../src/events/seal/seal-events.ts';
import type { SealingKey } from '../../src/events/seal/sealing-key.ts';
import { verifySeals } from '../../src/events/seal/verify-seals.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openStore, type StoreLocation } from '../../src/store/open-store.ts';
import { databaseFile } from '../../src/store/sqlite/database-file.ts';
import type { Store } from '../../src/store/store.ts';
import { storeKinds } from './stores.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { databaseWithTables } from './test-database.ts';

/** A store with a key for its events, and somebody who reaches into its database past the server. */
export type SealedStore = Store & {
  readonly key: SealingKey;
  readonly secret: Uint8Array;
  /** One statement without parameters; answers the rows of a SELECT. */
  tamper(text: string): Promise<readonly Record<string, unknown>[]>;
  /** An event with `data.number` for each number, each in a transaction of its own. */
  happen(numbers: readonly number[], given?: Partial<NewEvent>): Promise<void>;
  seal(after?: string): ReturnType<typeof sealEvents>;
  /** All slices of what is older than `before`; answers how many events went. */
  prune(before: number): Promise<number>;
  verify(head?: SealHead | null): ReturnType<typeof verifySeals>;
  /** As a server that starts does: the key of the database, or a new one. */
  openKeyAnew(): Promise<SealingKey>;
  /** With that key. */
  verifyAnew(head: SealHead, onBegun: (unmarked: number) => void): ReturnType<typeof verifySeals>;
};

/** An empty one that goes with its scope. */
export async function openSealedStore(kind: Store['kind']): Promise<SealedStore> {
  await using opening = new AsyncDisposableStack();
  const location: StoreLocation =
    kind === 'postgres'
      ? { kind, url: opening.use(await databaseWithTables()).url }
      : { kind, folder: opening.use(temporaryFolder('sealed')).path };
  const store = opening.use(await openSealedStoreAt(location));
  const open = opening.move();
  return { ...store, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** One that stays when it is closed. */
export async function openSealedStoreAt(location: StoreLocation): Promise<SealedStore> {
  await using opening = new AsyncDisposableStack();
  const marking: { key: SealingKey | null } = { key: null };
  const stamp = { clock: systemClock, node: 'test-node', mark: (text: string) => marking.key?.mark(text) ?? null };
  const secret = new Uint8Array(32).fill(7);
  const store = opening.use(await openStore(location, stamp));
  const tamper = reachInto(location);
  const key = await openAuditKey(store, secret, stamp);
  marking.key = key;
  const parts = { chain: store.sealChain, events: store.storedEvents, key };
  const open = opening.move();
  return {
    ...store,
    key,
    secret,
    tamper,
    async happen(numbers, given = {}) {
      for (const number of numbers) {
        const event = {
          type: 'profile.saved' as EventType,
          cause: systemCause,
          subjects: [],
          data: { number },
          ...given,
        };
        await store.transact(() => store.events.append([event]));
      }
    },
    async prune(before) {
      let pruned = 0;
      for (;;) {
        const slice = await pruneEvents({ ...parts, by: stamp, publish: store.transact }, { before });
        if (slice === null) return pruned;
        pruned += slice;
      }
    },
    seal: (after = '') => sealEvents({ ...parts, by: stamp, publish: store.transact }, { after }),
    verify: (head = null) => verifySeals(parts, { head }),
    openKeyAnew: () => openAuditKey(store, secret, stamp),
    verifyAnew: async (head, onBegun) =>
      verifySeals({ ...parts, key: await openAuditKey(store, secret, stamp, onBegun) }, { head }),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

export function sealedStoreTest(name: string, body: (store: SealedStore) => Promise<void>): void {
  const present = storeKinds();
  for (const kind of ['sqlite', 'postgres'] as const) {
    const skip = present.includes(kind) ? false : 'needs SCEPWARD_TEST_POSTGRES (npm test sets it)';
    test(`${name} (${kind})`, { skip }, async () => {
      await using store = await openSealedStore(kind);
      await body(store);
    });
  }
}

function reachInto(location: StoreLocation): SealedStore['tamper'] {
  if (location.kind === 'sqlite')
    return async (text) => {
      const database = new DatabaseSync(databaseFile(location.folder).file, { timeout: 5000 });
      try {
        return database.prepare(text).all() as Record<string, unknown>[];
      } finally {
        database.close();
      }
    };
  return async (text) => {
    const client = new Client({ connectionString: location.url });
    await client.connect();
    try {
      return (await client.query(text)).rows ?? [];
    } finally {
      await client.end();
    }
  };
}
