/**
 * Reports and searches over 1,000,000 certificates of 100,000 devices, as the API answers them: what any page of 50 rows
 * takes, on SQLite and on PostgreSQL, and what the index behind it costs to make.
 */
import { createApiToken } from '../src/access/create-api-token.ts';
import type { Config } from '../src/config/config.ts';
import { systemCause } from '../src/events/event.ts';
import { systemClock } from '../src/lib/clock.ts';
import { openStore } from '../src/store/open-store.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { type BenchApi, benchApi } from './support/bench-api.ts';
import { copyToPostgres } from './support/copy-to-postgres.ts';
import type { Filled } from './support/fill-store.ts';
import { filledInstallation, millionCertificates } from './support/filled-installation.ts';
import { indexStore } from './support/index-store.ts';
import { type Figure, say } from './support/measure.ts';
import { reportWalks, unwalked, type Walk } from './support/report-walks.ts';
import { startServerProcess } from './support/server-process.ts';

const pageSize = 50;
const skipSize = 200;
const clock = systemClock;

/** `folder`: where the filled store is kept, with `--fleet`. */
export async function reports({ folder }: { readonly folder: string | null }): Promise<readonly Figure[]> {
  await using installation = await filledInstallation(19_001, millionCertificates, folder);
  const { config, filled } = installation;
  const made = await indexStore(config);
  return [...made, ...(await walkAll('SQLite', config, filled, 50))];
}

/** The same on PostgreSQL. */
export async function reportsOnPostgres({ folder }: { readonly folder: string | null }): Promise<readonly Figure[]> {
  await using installation = await filledInstallation(19_002, millionCertificates, folder);
  await using postgres = await startPostgres();
  const config = { ...installation.config, database: { kind: 'postgres', url: postgres.url } } as const;
  await copyToPostgres(installation.config, postgres.url);
  await indexStore(config);
  return walkAll('PostgreSQL', config, installation.filled, 200);
}

async function walkAll(store: string, config: Config, filled: Filled, limit: number): Promise<readonly Figure[]> {
  const token = await newToken(config);
  await using server = await startServerProcess(config, null, null);
  const api = benchApi(server.url, token);
  const walks = reportWalks(filled, clock.now());
  const missing = unwalked(walks);
  if (missing.length > 0) throw new Error(`nobody asks for ${missing.join(', ')}`);
  const first = await timed(() => api.call('GET', '/certificates'));
  // For V8, and what is read once.
  for (const walk of walks.filter((_, at) => at % 7 === 0)) await take(api, walk, () => {});
  const groups = new Map<string, number[]>();
  let slowest = { took: 0, what: '' };
  for (const walk of walks)
    await take(api, walk, (took) => {
      const times = groups.get(walk.group) ?? [];
      times.push(took);
      groups.set(walk.group, times);
      if (took > slowest.took) slowest = { took, what: `${walk.path}?${new URLSearchParams(walk.query)}` };
    });
  say(`  ${store}: slowest ${slowest.took.toFixed(0)} ms, ${slowest.what}`);
  say(`  ${store}: the server held ${server.peakMiB().toFixed(0)} MiB at most`);
  const figures = [...groups].map(([group, times]): Figure => {
    say(`  ${store}, ${group}: ${percentile(times).toFixed(1)} ms (${times.length} pages)`);
    return { name: `${store}, ${group}: 95th percentile`, value: percentile(times), unit: 'ms', goal: { most: limit } };
  });
  const all = percentile([...groups.values()].flat());
  return [
    { name: `${store}: any page of any report, 95th percentile`, value: all, unit: 'ms', goal: { most: limit } },
    ...figures,
    { name: `${store}: the first list after a while, all columns read`, value: first, unit: 'ms', goal: null },
    { name: `${store}: the most memory that the server held`, value: server.peakMiB(), unit: 'MiB', goal: null },
  ];
}

async function newToken({ database, data }: Config): Promise<string> {
  const where = database.kind === 'postgres' ? database : ({ kind: 'sqlite', folder: data } as const);
  await using store = await openStore(where, { clock, node: 'bench' });
  const input = { name: 'bench', permissions: 'all', expiresAt: null, cause: systemCause } as const;
  return (await createApiToken({ ...store, clock }, input)).secret;
}

async function take(api: BenchApi, { path, query, pages, skip = 0 }: Walk, record: (ms: number) => void) {
  let cursor: string | null = null;
  for (let page = 0; page < skip + pages; page++) {
    const isPaged = pages > 1;
    const limit = page < skip ? skipSize : pageSize;
    const params = new URLSearchParams({
      ...query,
      ...(isPaged && { limit: String(limit) }),
      ...(cursor !== null && { cursor }),
    });
    const began = performance.now();
    const { next }: { next?: string | null } = await api.call('GET', `${path}?${params}`);
    if (page >= skip) record(performance.now() - began);
    cursor = next ?? null;
    if (cursor === null) return;
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function percentile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(0.95 * values.length)] ?? Number.NaN;
}
