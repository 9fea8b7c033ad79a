/**
 * A whole server for tests: real HTTP on a free port of loopback, a real store in a folder of its own, an authority with
 * keys from the pool. `await using world = await startWorld()`. Powers no demo: that is the product's own (`cli/demo.ts`).
 */
import { createServer } from 'node:net';
import { createApiToken } from '../../src/access/create-api-token.ts';
import type { CertificateTemplate } from '../../src/authority/issuer.ts';
import { createLog } from '../../src/compose/log.ts';
import type { RunningServer } from '../../src/compose/server.ts';
import type { Config } from '../../src/config/config.ts';
import type { KeyKind, KeyPair } from '../../src/crypto/key-pair.ts';
import { systemCause } from '../../src/events/event.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { start } from '../../src/main.ts';
import { takeRsaKey } from './key-pool.ts';
import type { StoreKind } from './stores.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { testDatabase } from './test-database.ts';

export type World = AsyncDisposable & {
  readonly server: RunningServer;
  readonly url: string;
  readonly tlsUrl: string | null;
  /** Of a token that may do everything. */
  readonly adminToken: string;
  readonly folder: string;
  readonly clock: Clock;
  /** Everything the server logged, a line each. */
  readonly log: readonly string[];
};

export type WorldOptions = {
  readonly clock?: Clock;
  readonly store?: StoreKind;
  readonly tls?: boolean;
  readonly cryptoThreads?: number;
  /** False: an empty installation. */
  readonly authority?: boolean;
  readonly issuerKey?: 'rsa-2048' | 'p-256';
  /** Default: the quick one. scepclient panics when GetCACert has any certificate without an RSA key. */
  readonly rootKey?: 'rsa-2048' | 'p-256';
  /** Of the authority; the default one alone unless given. */
  readonly templates?: readonly CertificateTemplate[];
  readonly config?: Partial<Config>;
  /** Milliseconds that requests under way have when the world ends. */
  readonly grace?: number;
};

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const clock = options.clock ?? systemClock;
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(temporaryFolder('world')).path;
  const log: string[] = [];
  const port = await freePort();
  const config: Config = {
    listen: { host: '127.0.0.1', port },
    data: folder,
    database:
      options.store === 'postgres'
        ? { kind: 'postgres', url: starting.use(await testDatabase()).url }
        : { kind: 'sqlite' },
    tls: options.tls ? { listen: { host: '127.0.0.1', port: 0 }, files: null } : null,
    adminListen: null,
    trustedProxies: [],
    publicUrl: null,
    adminUrl: null,
    pkiUrl: null,
    secretFile: null,
    probePrivate: false,
    webhookPrivate: false,
    oidcPrivate: false,
    node: 'test-node',
    logLevel: 'debug',
    ...options.config,
  };
  const server = starting.use(
    await start({
      config,
      clock,
      log: createLog('debug', (line) => log.push(line)),
      secret: 'make',
      cryptoThreads: options.cryptoThreads ?? 1,
      makeKey: pooledKey,
      ...(options.grace !== undefined && { grace: options.grace }),
      ...(options.authority !== false && {
        prepare: async ({ authority, addresses }) => {
          await authority.create(
            {
              name: 'Alder & Finch Test',
              slug: 'alderfinch',
              pkiUrl: addresses.pkiUrl,
              rootKey: options.rootKey ?? 'p-256',
              issuerKey: options.issuerKey ?? 'rsa-2048',
              cause: systemCause,
              ...(options.templates !== undefined && { templates: options.templates }),
            },
            pooledKey,
          );
        },
      }),
    }),
  );
  const { secret } = await createApiToken(
    { ...server.foundation.store, clock },
    { name: 'test', permissions: 'all', expiresAt: null, cause: systemCause },
  );
  const running = starting.move();
  return {
    server,
    url: server.url,
    tlsUrl: server.tlsUrl,
    adminToken: secret,
    folder,
    clock,
    log,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** RSA-2048 keys come from the run's pool; others are quick to make. */
async function pooledKey(kind: KeyKind): Promise<KeyPair> {
  if (kind === 'rsa-2048') {
    const { privateKey, publicKey } = await takeRsaKey(2048);
    return {
      privateKey: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
      publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    };
  }
  const { generateKeyPair } = await import('../../src/crypto/key-pair.ts');
  return generateKeyPair(kind);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
