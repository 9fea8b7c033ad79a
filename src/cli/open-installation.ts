import { type AuthorityFeature, composeAuthority } from '../compose/authority.ts';
import { type Foundation, openFoundation } from '../compose/foundation.ts';
import { createLog } from '../compose/log.ts';
import { type Config, parseConfig } from '../config/config.ts';
import { readEnvironment } from '../config/env.ts';
import { systemClock } from '../lib/clock.ts';

export type Installation = AsyncDisposable & {
  readonly config: Config;
  readonly foundation: Foundation;
  readonly authority: AuthorityFeature;
};

/**
 * The data directory itself, for work that no API offers: what has to do with private keys. With SQLite no server may run
 * on it meanwhile (`data-directory-in-use`). `secret` as in `openFoundation`.
 */
export async function openInstallation(secret: 'make' | 'demand'): Promise<Installation> {
  const config = parseConfig(readEnvironment(), { tlsListen: null });
  const foundation = await openFoundation({
    config,
    clock: systemClock,
    log: createLog(config.logLevel),
    secret,
    cryptoThreads: 0,
  });
  return {
    config,
    foundation,
    authority: composeAuthority(foundation),
    [Symbol.asyncDispose]: () => foundation[Symbol.asyncDispose](),
  };
}
