import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { RunEvent, TestEvent } from './run-event.ts';

/** One process of the run: test files, or a command such as the type check that counts as one test. */
export type Job = {
  readonly name: string;
  readonly files?: readonly string[];
  readonly command?: readonly [string, ...string[]];
};

export type JobResult = {
  readonly job: Job;
  readonly tests: readonly TestEvent[];
  /** Set when the process itself went wrong, whatever its tests said: counts as one more failure. */
  readonly broken?: string;
  readonly output: string;
  readonly milliseconds: number;
};

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const runInProcess = fileURLToPath(new URL('./run-in-process.ts', import.meta.url));
const keptOutput = 200_000;
const running = new Set<number>();

/** Runs one job in a process group of its own, which is killed as a whole at the end or after `limit` milliseconds. */
export async function runJob(job: Job, limit: number, environment: Record<string, string>): Promise<JobResult> {
  const started = performance.now();
  const [command, ...args] = job.command ?? [process.execPath, runInProcess, ...(job.files ?? [])];
  const child = spawn(command, args, {
    cwd: repository,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid !== undefined) running.add(child.pid);

  let output = '';
  const keep = (chunk: string) => {
    output = (output + chunk).slice(-keptOutput);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);

  const tests: TestEvent[] = [];
  let ended = false;
  let broken: string | undefined;
  const timer = setTimeout(() => {
    broken = `Killed: not done after ${Math.round(limit / 60_000)} minutes.`;
    kill(child.pid);
  }, limit);
  readLines(child.stdio[3] as Readable, (line) => {
    const event = JSON.parse(line) as RunEvent;
    if (event.kind === 'test') tests.push(event);
    else ended = true;
  });

  const exit = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      // What the job left behind would hold its pipes open, and with them this promise.
      kill(child.pid);
      child.once('close', () => resolve(code === 0 ? undefined : `Ended with ${signal ?? `exit code ${code}`}.`));
    });
  });
  clearTimeout(timer);
  if (child.pid !== undefined) running.delete(child.pid);

  if (job.command === undefined) {
    const failed = tests.some((test) => !test.passed);
    if (!ended) broken ??= exit ?? 'Ended before its tests did.';
    else if (!failed) broken ??= exit;
    if (broken === undefined && tests.length === 0) broken = 'Held no test.';
  } else {
    const passed = exit === undefined && broken === undefined;
    tests.push({
      kind: 'test',
      name: job.name,
      nesting: 0,
      suite: false,
      passed,
      onlyChildrenFailed: false,
      error: passed ? undefined : (broken ?? exit),
      milliseconds: performance.now() - started,
    });
    broken = undefined;
  }
  return { job, tests, output, milliseconds: performance.now() - started, ...(broken === undefined ? {} : { broken }) };
}

/** Ends every job that is running, with all their children. */
export function killRunningJobs(): void {
  for (const pid of running) kill(pid);
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
