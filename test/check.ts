/**
 * `npm run check`: what is worth knowing before every commit, in under a minute. Types, format and lint, architecture,
 * and the tests beside the source files; no server, no PostgreSQL, no other program than Node.
 */
import { availableParallelism } from 'node:os';
import { staticChecks, unitJobs, wholeJobs } from './support/run/plan-jobs.ts';
import { killRunningJobs } from './support/run/run-job.ts';
import { close, newTally, runJobs } from './support/run/run-jobs.ts';

const started = performance.now();
const tally = newTally();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
process.once('exit', killRunningJobs);

const jobs = [...staticChecks(), ...wholeJobs(['test/architecture.test.ts']), ...unitJobs([])];
await runJobs(jobs, Math.max(2, availableParallelism()), {}, tally);
process.exitCode = close(tally, performance.now() - started);
