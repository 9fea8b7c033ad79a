import { relative } from 'node:path';
import { underCi } from '../rounds.ts';
import { repository } from './plan-jobs.ts';
import type { TestEvent } from './run-event.ts';
import { type Job, type JobResult, runJob } from './run-job.ts';

type Skipped = { readonly file: string; readonly name: string; readonly reason: string };

/** What a run came to. `ok` is what the exit code says. */
export type Tally = { passed: number; failed: number; readonly skipped: Skipped[]; readonly broken: string[] };

const minute = 60_000;
const limit = (underCi ? 25 : 10) * minute;
const quietMilliseconds = 30_000;

/** Runs the jobs, at most `width` at a time, printing each file as its process ends. Adds to `tally`. */
export async function runJobs(
  jobs: readonly Job[],
  width: number,
  environment: Record<string, string>,
  tally: Tally,
): Promise<void> {
  const queue = [...jobs];
  const underWay = new Map<Job, number>();
  let lastWord = performance.now();
  const stillHere = setInterval(() => {
    if (performance.now() - lastWord < quietMilliseconds) return;
    lastWord = performance.now();
    const names = [...underWay].map(([job, since]) => `${job.name} (${seconds(performance.now() - since)})`);
    print(`  …  still running: ${names.join(', ')}`);
  }, 5_000);

  async function worker(): Promise<void> {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      underWay.set(job, performance.now());
      const result = await runJob(job, limit, environment);
      underWay.delete(job);
      lastWord = performance.now();
      report(result, tally);
    }
  }
  try {
    await Promise.all(Array.from({ length: width }, worker));
  } finally {
    clearInterval(stillHere);
  }
}

function report(result: JobResult, tally: Tally): void {
  const { job, tests, broken, output } = result;
  const files = new Map<string, TestEvent[]>();
  for (const test of tests) {
    const file = fileOf(test, job);
    files.set(file, [...(files.get(file) ?? []), test]);
  }
  if (files.size === 0) files.set(job.name, []);

  let anyFailed = broken !== undefined;
  for (const [file, own] of files) {
    const skipped = own.filter((test) => test.passed && test.skip !== undefined);
    const failed = own.filter((test) => !test.passed && (!test.suite || !test.onlyChildrenFailed));
    const passed = own.filter((test) => test.passed && test.skip === undefined && !test.suite);
    tally.passed += passed.length;
    tally.failed += failed.length;
    for (const test of skipped) tally.skipped.push({ file, name: test.name, reason: test.skip ?? '' });
    anyFailed ||= failed.length > 0;

    const milliseconds = files.size === 1 ? result.milliseconds : topLevelTime(own);
    const wrong = failed.length > 0 || (broken !== undefined && files.size === 1);
    const mark = wrong ? '✗' : passed.length === 0 && skipped.length > 0 ? '-' : '✓';
    const counts = [`${passed.length} passed`];
    if (failed.length > 0) counts.push(`${failed.length} failed`);
    if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
    print(`  ${mark}  ${file.padEnd(58)} ${counts.join(', ').padEnd(12)}  ${seconds(milliseconds)}`);
    for (const test of failed) {
      if (!test.onlyChildrenFailed) print(indent(`✗ ${test.name}\n${test.error ?? ''}`, '       '));
    }
  }
  if (broken !== undefined) {
    tally.failed += 1;
    tally.broken.push(`${job.name}: ${broken}`);
    print(indent(`✗ ${job.name}: ${broken}`, '       '));
    const last = tests.at(-1);
    if (last !== undefined)
      print(indent(`The last test it finished: ${last.name} (${fileOf(last, job)})`, '         '));
  }
  if (anyFailed && output.trim() !== '') print(indent(`What ${job.name} printed:\n${output.trimEnd()}`, '       | '));
}

function fileOf(test: TestEvent, job: Job): string {
  if (job.files?.length === 1 || test.file === undefined) return job.name;
  return relative(repository, test.file);
}

function topLevelTime(tests: readonly TestEvent[]): number {
  let sum = 0;
  for (const test of tests) if (test.nesting === 0) sum += test.milliseconds;
  return sum;
}

/** Prints what was skipped and why, then the closing line, and returns the exit code. */
export function close(tally: Tally, milliseconds: number): 0 | 1 {
  if (tally.skipped.length > 0) {
    const bar = '!'.repeat(100);
    print(`\n${bar}\n  SKIPPED: these tests did not run${underCi ? ', which under CI is a failure' : ''}`);
    for (const [reason, tests] of Map.groupBy(tally.skipped, (test) => test.reason)) {
      print(`\n  ${reason}`);
      for (const test of tests) print(`    ${test.file}: ${test.name}`);
    }
    print(bar);
  }
  if (tally.broken.length > 0) print(`\nProcesses that broke:\n${tally.broken.map((line) => `  ${line}`).join('\n')}`);
  const ran = tally.passed + tally.failed;
  if (ran === 0) print('\nNo test ran, which is a failure.');
  print(`\nTook ${seconds(milliseconds)}.`);
  const skipped = tally.skipped.length > 0 ? `, ${tally.skipped.length} skipped` : '';
  print(`${tally.passed} passed, ${tally.failed} failed${skipped}`);
  return tally.failed === 0 && ran > 0 && !(underCi && tally.skipped.length > 0) ? 0 : 1;
}

export function newTally(): Tally {
  return { passed: 0, failed: 0, skipped: [], broken: [] };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function indent(text: string, by: string): string {
  return text.replace(/^/gm, by);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
