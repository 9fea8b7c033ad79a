/** What every feature rests on: the open store, the crypto pool with its keys, the clock; opened in order, closed in reverse. */
import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import { unlockKeys } from '../authority/unlock-keys.ts';
import type { Config } from '../config/config.ts';
import { ensureFolder } from '../config/ensure-folder.ts';
import { ensureSealingSecret, readSealingSecret, readSecretFile, secretLocation } from '../config/secrets.ts';
import { type CryptoPool, createCryptoPool } from '../crypto/crypto-pool.ts';
import { generateKeyPair, type KeyKind, type KeyPair } from '../crypto/key-pair.ts';
import type { SealingKey } from '../events/seal/sealing-key.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { createLeases, type Leases } from '../lib/lease.ts';
import { type ProcessMetrics, processMetrics } from '../reporting/metrics/process-metrics.ts';
import { openStore } from '../store/open-store.ts';
import { databaseFile } from '../store/sqlite/database-file.ts';
import type { Store } from '../store/store.ts';
import { openAuditKey } from './audit-key.ts';
import type { Log } from './log.ts';
import { meteredPool } from './metered-pool.ts';
import { meteredStore } from './metered-store.ts';
import { type Notifier, notifyingStore } from './notifying-store.ts';

export type Foundation = AsyncDisposable & {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly node: string;
  readonly store: Store;
  readonly pool: CryptoPool;
  /** Of this node, for work that one node at a time shall do. */
  readonly leases: Leases;
  /** Unseals private keys. */
  readonly secret: Uint8Array;
  /** Marks and seals events. */
  readonly auditKey: SealingKey;
  /** Told after each transaction that marked devices. */
  readonly marked: Notifier;
  readonly metrics: ProcessMetrics;
  readonly makeKey: (kind: KeyKind) => Promise<KeyPair>;
};

export type FoundationOptions = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * `make`: a missing secret is made, unless there are keys that another one sealed (demo, init). `demand`: without a
   * secret, or a database on SQLite, nothing is made and the start ends.
   */
  readonly secret: 'make' | 'demand';
  /** Default: one per core, at least two. 0: on the main thread. */
  readonly cryptoThreads?: number;
  /** For tests, which share keys. */
  readonly makeKey?: (kind: KeyKind) => Promise<KeyPair>;
};

export async function openFoundation(options: FoundationOptions): Promise<Foundation> {
  const { config, clock, log } = options;
  await using opening = new AsyncDisposableStack();
  // The database holds names and mail addresses: what this process makes is for its own user alone.
  process.umask(0o077);
  const folder = resolve(config.data);
  const location = secretLocation(folder, config.secretFile);
  const demanded = options.secret === 'make' ? null : demandSecret(config, folder, location.file);
  ensureFolder(folder);
  const present = demanded ?? (readSecretFile(location.file) === null ? null : readSealingSecret(location.file));
  const node = config.node ?? hostname();
  // Nothing happens before the key is there, which itself lies in the store.
  const marking: { key: SealingKey | null } = { key: null };
  const stamp = { clock, node, mark: (text: string) => marking.key?.mark(text) ?? null };
  const opened = opening.use(
    await openStore(
      config.database.kind === 'postgres' ? { kind: 'postgres', url: config.database.url } : { kind: 'sqlite', folder },
      stamp,
    ),
  );
  const secret = present ?? (await makeSecret(opened, location.file));
  const auditKey = await openAuditKey(opened, secret, stamp, (unmarked) => {
    if (unmarked > 0)
      log.warn(
        'the seals of the audit log begin now: right after an upgrade from a release without them, else somebody removed them',
        { unmarked },
      );
  });
  marking.key = auditKey;
  const metrics = processMetrics();
  const { store, marked } = notifyingStore(
    meteredStore(opened, clock, metrics),
    (milliseconds) => metrics.commitTime.observe('other', milliseconds),
    clock,
  );
  const leases = opening.use(createLeases({ ...store, clock, node }));
  const threads = options.cryptoThreads ?? Math.max(2, availableParallelism());
  const pool = meteredPool(opening.use(createCryptoPool({ threads })), clock, metrics);
  await unlockKeys({ keys: store.keys, pool, secret });
  const open = opening.move();
  return {
    config,
    clock,
    log,
    node,
    store,
    pool,
    leases,
    secret,
    auditKey,
    marked,
    metrics,
    makeKey: options.makeKey ?? generateKeyPair,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Before anything is made: who mistypes a folder finds nothing in it afterwards. */
function demandSecret(config: Config, folder: string, file: string): Uint8Array {
  if (config.database.kind === 'sqlite' && !databaseFile(folder).exists)
    throw new Failure(
      'misconfigured',
      'not-initialised',
      `There is no installation in ${folder}. Run: bin/scepward init. If you have one, set SCEPWARD_DATA to its folder.`,
      { folder },
    );
  return readSealingSecret(file);
}

/** Only where no key waits for another one. */
async function makeSecret({ keys }: Store, file: string): Promise<Uint8Array> {
  const sealed = (await keys.all()).some((key) => key.sealed !== null);
  return sealed ? readSealingSecret(file) : ensureSealingSecret(file);
}
