/** The renewal sweep with a million certificates in the store: how long it takes to find 10,000 that are due. */
import { mkdirSync } from 'node:fs';
import { systemCause } from '../src/events/event.ts';
import { day, systemClock } from '../src/lib/clock.ts';
import { renewDue } from '../src/lifecycle/renew-due.ts';
import { openStore } from '../src/store/open-store.ts';
import { PostgresDriver } from '../src/store/postgres/postgres-driver.ts';
import { databaseFile } from '../src/store/sqlite/database-file.ts';
import { SqliteDriver } from '../src/store/sqlite/sqlite-driver.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { benchConfig, type Figure, median, removeInstallation, say } from './support/measure.ts';

/** One in five is the current one of its deployment. */
const certificates = 1_000_000;
const deployments = certificates / 5;
const due = 10_000;
const now = systemClock.now();
const stamp = { clock: systemClock, node: 'bench' };

export async function renewal(): Promise<readonly Figure[]> {
  const config = benchConfig(0);
  const { data } = config;
  mkdirSync(data, { recursive: true });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => removeInstallation(config));
  const sqlite = { kind: 'sqlite', folder: data } as const;
  const figures = await measure('SQLite', sqlite, async () => {
    await using driver = new SqliteDriver(databaseFile(data).file);
    driver.writer.exec(fill(sequence.sqlite, 'zeroblob(1200)'));
  });
  await using postgres = await startPostgres();
  const inPostgres = await measure('PostgreSQL', { kind: 'postgres', url: postgres.url }, async () => {
    await using driver = new PostgresDriver(postgres.url);
    const script = `${fill(sequence.postgres, "decode(repeat('00', 1200), 'hex')")} ANALYZE;`;
    await driver.transact(() => driver.script(script));
  });
  return [...figures, ...inPostgres];
}

async function measure(
  name: string,
  where: Parameters<typeof openStore>[0],
  fillIn: () => Promise<void>,
): Promise<readonly Figure[]> {
  say(`preparing ${name} with ${certificates} certificates …`);
  await (await openStore(where, stamp))[Symbol.asyncDispose]();
  await fillIn();
  await using store = await openStore(where, stamp);
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const from = performance.now();
    const found = await store.renewals.find(now, due);
    times.push(performance.now() - from);
    if (found.length !== due) throw new Error(`${found.length} were found`);
  }
  const from = performance.now();
  let opened = 0;
  for (let batch = -1; batch !== 0; opened += batch)
    batch = await renewDue({ ...store, clock: { now: () => now } }, { limit: 200, cause: systemCause });
  if (opened !== due) throw new Error(`${opened} were opened`);
  const seconds = (performance.now() - from) / 1000;
  return [
    {
      name: `${name}: finding ${due} renewals that are due`,
      value: median(times) / 1000,
      unit: 's',
      goal: { most: 1 },
    },
    { name: `${name}: opening them, with their events`, value: seconds, unit: 's', goal: null },
  ];
}

const sequence = {
  sqlite: (count: number) =>
    `(WITH RECURSIVE s (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < ${count - 1}) SELECT n FROM s)`,
  postgres: (count: number) => `(SELECT generate_series(0, ${count - 1}) AS n)`,
};

/** Every deployment has five certificates, a year apart; of the latest, 10,000 are to be renewed by now, evenly among them. */
function fill(numbers: (count: number) => string, der: string): string {
  const year = 365 * day;
  const scale = deployments / due;
  return `
INSERT INTO certificate (id, issuer_id, serial, der, purpose, subject_text, subject_alternative_names, not_before, not_after,
  thumbprint, thumbprint256, key_hash, shard, state, deployment_id, generation, issued_at, installed_at, device_id, profile_id)
SELECT 'c' || (100000000 + n), 'i', 's' || n, ${der}, 'device', 'CN=' || n, '[]', ${now} - ${year} * (5 - n % 5),
  ${now} + ${year} * (n % 5 - 3), 'a' || n, 'b' || n, 'k' || n, 0, 'released', 'd' || (100000000 + n / 5), n % 5 + 1,
  ${now} - ${year} * (5 - n % 5), ${now} - ${year} * (5 - n % 5), 'v' || (n / 5), 'p' || (n / 5 % 10)
FROM ${numbers(certificates)} AS numbers;
INSERT INTO deployment (id, kind, profile_id, device_id, delivery_ref, wanted, state, expectation, revision, content_version,
  generation, issued_generation, current_certificate_id, created_at, updated_at, state_since, state_cause,
  certificate_not_before, certificate_not_after, renew_at)
SELECT 'd' || (100000000 + n), 'scep', 'p' || (n % 10), 'v' || n, 'r' || n, 1, 'installed', '${'{"subject":"'.padEnd(600, 'x')}"}',
  1, 1, 5, 5, 'c' || (100000000 + n * 5 + 4), ${now}, ${now}, ${now} - n, 'installed', ${now} - ${year}, ${now} + ${year},
  ${now} + 1 + n * 1000 - CASE WHEN n % ${scale} = 0 THEN n * 1000 + ${day} ELSE 0 END
FROM ${numbers(deployments)} AS numbers;
`;
}
