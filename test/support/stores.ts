import { type TestContext, test } from 'node:test';
import type { Clock } from '../../src/lib/clock.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { databaseWithTables } from './test-database.ts';

export type StoreKind = Store['kind'];

/** The stores that can be tested here: PostgreSQL when the run has one (`SCEPWARD_TEST_POSTGRES`). */
export function storeKinds(): readonly StoreKind[] {
  return process.env.SCEPWARD_TEST_POSTGRES === undefined ? ['sqlite'] : ['sqlite', 'postgres'];
}

/**
 * A fresh, empty store that goes with its scope: `await using stores = await openTestStores()`. SQLite in a temporary
 * folder unless another kind is asked for; `clock` is the one that stamps events.
 */
export async function openTestStores(options: { clock?: Clock; kind?: StoreKind } = {}): Promise<Store> {
  const stamp = { clock: options.clock ?? systemClock, node: 'test-node' };
  await using opening = new AsyncDisposableStack();
  const store = opening.use(
    options.kind === 'postgres'
      ? await openStore({ kind: 'postgres', url: opening.use(await databaseWithTables()).url }, stamp)
      : await openStore({ kind: 'sqlite', folder: opening.use(temporaryFolder('store')).path }, stamp),
  );
  const open = opening.move();
  return { ...store, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** The same test on an empty store of each kind; on PostgreSQL it is skipped, with the reason, when there is none. */
export function storeTest(name: string, body: (stores: Store, context: TestContext) => Promise<void>): void {
  const present = storeKinds();
  for (const kind of ['sqlite', 'postgres'] as const) {
    const skip = present.includes(kind) ? false : 'needs SCEPWARD_TEST_POSTGRES (npm test sets it)';
    test(`${name} (${kind})`, { skip }, async (context) => {
      await using stores = await openTestStores({ kind });
      await body(stores, context);
    });
  }
}
