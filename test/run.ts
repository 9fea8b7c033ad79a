/**
 * `npm test`: everything CI runs. Types, format and lint, architecture, every test beside a source file, and every test
 * under `test/`, with one PostgreSQL and one pool of RSA keys for the whole run.
 * Arguments narrow it to the test files whose path contains one of them: `npm test -- src/formats test/interop`.
 * The last line is `N passed, N failed` (and `, N skipped`). Exit 1 on a failure, on no tests, and under CI on a skip.
 */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { writeKeyPool } from './support/key-pool.ts';
import { type Postgres, postgresBinaries, startPostgres } from './support/postgres.ts';
import { longestFirst, staticChecks, unitJobs, wholeJobs } from './support/run/plan-jobs.ts';
import { killRunningJobs } from './support/run/run-job.ts';
import { close, newTally, runJobs } from './support/run/run-jobs.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { templateOn } from './support/test-database.ts';

const started = performance.now();
const wanted = process.argv.slice(2);
const tally = newTally();
const folder = temporaryFolder('run');
let postgres: Postgres | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.stdout.write(`\nStopped by ${signal}.\n`);
    process.exit(1);
  });
}
process.once('exit', () => {
  killRunningJobs();
  postgres?.destroy();
  rmSync(folder.path, { recursive: true, force: true });
});

try {
  const environment: Record<string, string> = {};
  const keys = folder.file('keys.json');
  // The type check keeps the cores busy meanwhile, and needs neither.
  const checks = wanted.length === 0 ? runJobs(staticChecks(), 2, {}, tally) : undefined;
  const [, server] = await Promise.all([
    writeKeyPool(keys),
    postgresBinaries() === undefined ? undefined : startPostgres(),
    checks,
  ]);
  postgres = server;
  environment.SCEPWARD_TEST_KEYS = keys;
  if (postgres !== undefined) {
    environment.SCEPWARD_TEST_POSTGRES = postgres.url;
    environment.SCEPWARD_TEST_TEMPLATE = await templateOn(postgres.url);
  }
  // One more than there are cores: many wait for a disk, a server or a clock.
  const width = Math.min(4, availableParallelism() + 1);
  await runJobs(longestFirst([...wholeJobs(wanted), ...unitJobs(wanted)]), width, environment, tally);
} finally {
  await postgres?.[Symbol.asyncDispose]();
  postgres = undefined;
  await folder[Symbol.asyncDispose]();
}
process.exitCode = close(tally, performance.now() - started);
