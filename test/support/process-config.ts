import type { Config } from '../../src/config/config.ts';
import { freePort } from './world.ts';

/** Of a server that runs as a process of its own on a free port of loopback, with its data there. */
export async function processConfig(
  data: string,
  database: Config['database'],
  given: Partial<Config> = {},
): Promise<Config> {
  return {
    listen: { host: '127.0.0.1', port: await freePort() },
    data,
    database,
    tls: null,
    adminListen: null,
    trustedProxies: [],
    publicUrl: null,
    adminUrl: null,
    pkiUrl: null,
    secretFile: null,
    probePrivate: false,
    webhookPrivate: false,
    oidcPrivate: false,
    node: null,
    logLevel: 'info',
    ...given,
  };
}
