import { Worker } from 'node:worker_threads';
import { minute, second } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { FromWorker, Jobs, Packed, ToWorker } from './crypto-job.ts';
import { packJobs, unpackOutcomes } from './job-wire.ts';

/**
 * One place for a thread in the pool. A thread that dies is replaced, with the keys it had; its jobs are lost. One that dies
 * again and again without having done a job is replaced after pauses that grow, for as long as the pool lives.
 */
export type Lane = AsyncDisposable & {
  /** Jobs handed over and not answered. */
  readonly running: number;
  /** `paused`: nobody is there until the next attempt, and jobs that are handed over are lost at once. */
  readonly condition: 'working' | 'restarting' | 'paused';
  run(jobs: Jobs): void;
  tell(message: Extract<ToWorker, { kind: 'add-key' | 'remove-key' }>): void;
};

export type LaneListener = {
  finished(results: FromWorker): void;
  /** All jobs that were running here are lost. */
  lost(failure: Failure): void;
};

/** A thread that dies this often without having done one job is not replaced at once any more. */
const maxFalseStarts = 3;

/** ms; each pause is twice as long as the one before. */
export type LanePauses = { readonly first: number; readonly longest: number };

/** Jobs leave nothing behind, so a small nursery is as good as the usual one, which every thread would fill. */
const maxYoungGenerationSizeMb = 3;

export function createLane(
  program: URL,
  keys: ReadonlyMap<string, Uint8Array>,
  listener: LaneListener,
  pauses: LanePauses = { first: second, longest: minute },
): Lane {
  let running = 0;
  let falseStarts = 0;
  let up = true;
  let closing = false;
  let retry: NodeJS.Timeout | undefined;
  let worker: Worker | undefined = start();

  function start(): Worker {
    const thread = new Worker(program, { name: 'crypto', resourceLimits: { maxYoungGenerationSizeMb } });
    let cause: unknown;
    // The first message is empty: the thread has read its program.
    thread.on('message', (packed: Packed) => {
      const results = unpackOutcomes(packed);
      up = true;
      if (results.length === 0) return;
      falseStarts = 0;
      running -= results.length;
      listener.finished(results);
    });
    thread.on('error', (error) => {
      cause = error;
    });
    thread.on('exit', () => {
      if (closing || worker !== thread) return;
      up = false;
      falseStarts += 1;
      worker = falseStarts > maxFalseStarts ? undefined : start();
      if (worker === undefined) pause(falseStarts - maxFalseStarts - 1);
      running = 0;
      listener.lost(lost(cause));
    });
    for (const [keyId, pkcs8] of keys) thread.postMessage({ kind: 'add-key', keyId, pkcs8 } satisfies ToWorker);
    return thread;
  }

  function pause(before: number): void {
    retry = setTimeout(
      () => {
        worker = start();
      },
      Math.min(pauses.longest, pauses.first * 2 ** before),
    );
    retry.unref();
  }

  return {
    get running() {
      return running;
    },
    get condition() {
      return worker === undefined ? 'paused' : up ? 'working' : 'restarting';
    },
    run: (jobs) => {
      running += jobs.length;
      if (worker === undefined) {
        running = 0;
        // Not at once: the caller is still handing out jobs.
        setImmediate(() => listener.lost(lost(undefined)));
        return;
      }
      const packed = packJobs(jobs);
      worker.postMessage({ kind: 'jobs', packed } satisfies ToWorker, [packed.bytes.buffer]);
    },
    tell: (message) => worker?.postMessage(message),
    [Symbol.asyncDispose]: async () => {
      closing = true;
      clearTimeout(retry);
      await worker?.terminate();
    },
  };
}

function lost(cause: unknown): Failure {
  const message = 'A cryptography thread stopped in the middle of its work. Try again.';
  return new Failure('unavailable', 'crypto-thread-lost', message, {}, { cause });
}
