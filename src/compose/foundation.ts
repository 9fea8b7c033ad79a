/** What every feature rests on: the open store, the crypto pool with its keys, the clock; opened in order, closed in reverse. */
import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import { unlockKeys } from '../authority/unlock-keys.ts';
import type { Config } from '../config/config.ts';
import { ensureFolder } from '../config/ensure-folder.ts';
import { ensureSealingSecret, readSealingSecret, secretLocation } from '../config/secrets.ts';
import { type CryptoPool, createCryptoPool } from '../crypto/crypto-pool.ts';
import type { Clock } from '../lib/clock.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import type { Log } from './log.ts';
import { type Notifier, notifyingStore } from './notifying-store.ts';

export type Foundation = AsyncDisposable & {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly node: string;
  readonly store: Store;
  readonly pool: CryptoPool;
  /** Unseals private keys. */
  readonly secret: Uint8Array;
  /** Told after each transaction that marked devices. */
  readonly marked: Notifier;
};

export type FoundationOptions = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** `make`: a missing secret is made (demo, init); `demand`: a missing one ends the start. */
  readonly secret: 'make' | 'demand';
  /** Default: one per core, at least two. 0: on the main thread. */
  readonly cryptoThreads?: number;
};

export async function openFoundation(options: FoundationOptions): Promise<Foundation> {
  const { config, clock, log } = options;
  await using opening = new AsyncDisposableStack();
  // The database holds names and mail addresses: what this process makes is for its own user alone.
  process.umask(0o077);
  const folder = resolve(config.data);
  ensureFolder(folder);
  const location = secretLocation(folder, config.secretFile);
  const secret = options.secret === 'make' ? ensureSealingSecret(location.file) : readSealingSecret(location.file);
  const node = config.node ?? hostname();
  const opened = opening.use(
    await openStore(
      config.database.kind === 'postgres' ? { kind: 'postgres', url: config.database.url } : { kind: 'sqlite', folder },
      { clock, node },
    ),
  );
  const { store, marked } = notifyingStore(opened);
  const threads = options.cryptoThreads ?? Math.max(2, availableParallelism());
  const pool = opening.use(createCryptoPool({ threads }));
  await unlockKeys({ keys: store.keys, pool, secret });
  const open = opening.move();
  return { config, clock, log, node, store, pool, secret, marked, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
