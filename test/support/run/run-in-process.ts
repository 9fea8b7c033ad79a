/**
 * The child side of `run-job.ts`: runs the test files named in its arguments in this process and writes what happened
 * as JSON lines to file descriptor 3. The last line is `{"kind":"end"}`; a run without it was cut short.
 */
import { writeSync } from 'node:fs';
import { run } from 'node:test';
import { inspect } from 'node:util';
import type { RunEvent } from './run-event.ts';

function send(event: RunEvent): void {
  let rest = new TextEncoder().encode(`${JSON.stringify(event)}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(3, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

type Outcome = {
  name: string;
  nesting: number;
  file?: string | undefined;
  skip?: boolean | string | undefined;
  todo?: boolean | string | undefined;
  details: { duration_ms: number; type?: string | undefined; error?: unknown };
};

/** Names of the suites and tests around the one that is running, outermost first. */
const path: string[] = [];

function report(outcome: Outcome, passed: boolean): void {
  const { name, nesting, file, details } = outcome;
  // A file without a single test appears as a passed test that is named after the file.
  const empty = passed && nesting === 0 && name === file;
  const error = details.error as (Error & { failureType?: string }) | undefined;
  send({
    kind: 'test',
    file,
    name: [...path.slice(0, nesting), name].join(' › '),
    nesting,
    suite: details.type === 'suite',
    passed: passed && !empty,
    skip: reason(outcome.skip) ?? (outcome.todo === undefined ? undefined : `todo: ${reason(outcome.todo) ?? ''}`),
    onlyChildrenFailed: error?.failureType === 'subtestsFailed',
    error: empty ? 'This file holds no test.' : passed ? undefined : inspect(error?.cause ?? error, { depth: 8 }),
    milliseconds: details.duration_ms,
  });
}

function reason(value: boolean | string | undefined): string | undefined {
  if (value === undefined || value === false) return undefined;
  return value === true || value === '' ? 'no reason given' : value;
}

/** How long the process may live on after its last test and its hooks, before what keeps it alive is named. */
const lingerMilliseconds = 20_000;
let underWay = 0;
let linger: NodeJS.Timeout | undefined;

function leftOpen(): void {
  const resources = [...new Set(process.getActiveResourcesInfo())].filter((name) => name !== 'Timeout').join(', ');
  process.stderr.write(`Every test was done, but something was left open: ${resources || 'a timer'}\n`);
  process.exit(1);
}

const counts = /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;
const stream = run({ files: process.argv.slice(2), isolation: 'none' });
stream.on('test:dequeue', ({ nesting }) => {
  if (nesting > 0) return;
  underWay += 1;
  clearTimeout(linger);
});
stream.on('test:complete', ({ nesting }) => {
  if (nesting > 0) return;
  underWay -= 1;
  if (underWay === 0) linger = setTimeout(leftOpen, lingerMilliseconds).unref();
});
stream.on('test:start', ({ name, nesting }) => {
  path.length = nesting;
  path.push(name);
});
stream.on('test:pass', (data) => report(data as Outcome, true));
stream.on('test:fail', (data) => report(data as Outcome, false));
stream.on('test:diagnostic', ({ message }) => {
  if (!counts.test(message)) process.stderr.write(`${message}\n`);
});
stream.on('end', () => send({ kind: 'end' }));
stream.resume();
