import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { makeInstallation } from '../../test/support/installation.ts';
import { type Counts, type Filled, fillStore } from './fill-store.ts';
import { benchConfig, removeInstallation, say } from './measure.ts';

export const millionCertificates: Counts = {
  devices: 100_000,
  users: 50_000,
  certificates: 1_000_000,
  failures: 50_000,
};

export type FilledInstallation = AsyncDisposable & { readonly config: Config; readonly filled: Filled };

/**
 * An installation with a large fleet on SQLite. `folder`: where it stays, and is taken from if it is there already; null: a
 * temporary one.
 */
export async function filledInstallation(
  port: number,
  counts: Counts,
  folder: string | null,
): Promise<FilledInstallation> {
  const temporary = benchConfig(port);
  const config = folder === null ? temporary : { ...temporary, data: folder };
  const dispose = folder === null ? () => removeInstallation(config) : async () => {};
  const summary = join(config.data, 'filled.json');
  if (existsSync(summary)) {
    say(`using the store in ${config.data}`);
    return { config, filled: JSON.parse(readFileSync(summary, 'utf8')) as Filled, [Symbol.asyncDispose]: dispose };
  }
  say(`preparing a store with ${counts.certificates} certificates …`);
  mkdirSync(config.data, { recursive: true });
  const { profile } = await makeInstallation(config, { waiting: 0, issued: 0 });
  const filled = fillStore(config, profile, await issuerOf(config), counts);
  writeFileSync(
    summary,
    JSON.stringify(filled, (key, value) => (key === 'der' ? undefined : value)),
  );
  return { config, filled, [Symbol.asyncDispose]: dispose };
}

export async function issuerOf({ data }: Config) {
  await using store = await openStore({ kind: 'sqlite', folder: data }, { clock: systemClock, node: 'bench' });
  const [authority] = await store.authorities.all();
  if (authority === undefined) throw new Error('there is no authority');
  return authority.activeIssuerId;
}
