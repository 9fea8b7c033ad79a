import { Worker } from 'node:worker_threads';
import { Failure } from '../lib/failure.ts';
import type { CryptoJob, FromWorker, ToWorker } from './crypto-job.ts';
import { packBytes } from './pack-bytes.ts';

/** One place for a thread in the pool. A thread that dies is replaced, with the keys it had; its jobs are lost. */
export type Lane = AsyncDisposable & {
  /** Jobs handed over and not answered. */
  readonly running: number;
  run(jobs: readonly { readonly id: number; readonly job: CryptoJob }[]): void;
  tell(message: Extract<ToWorker, { kind: 'add-key' | 'remove-key' }>): void;
};

export type LaneListener = {
  finished(results: FromWorker): void;
  /** All jobs that were running here are lost. */
  lost(failure: Failure): void;
};

/** A thread that dies this often without having done one job is broken, and replacing it would go on for ever. */
const maxFalseStarts = 3;

/** Jobs leave nothing behind, so a small nursery is as good as the usual one, which every thread would fill. */
const maxYoungGenerationSizeMb = 3;

export function createLane(program: URL, keys: ReadonlyMap<string, Uint8Array>, listener: LaneListener): Lane {
  let running = 0;
  let falseStarts = 0;
  let closing = false;
  let worker: Worker | undefined = start();

  function start(): Worker {
    const thread = new Worker(program, { name: 'crypto', resourceLimits: { maxYoungGenerationSizeMb } });
    let cause: unknown;
    thread.on('message', (results: FromWorker) => {
      falseStarts = 0;
      running -= results.length;
      listener.finished(results);
    });
    thread.on('error', (error) => {
      cause = error;
    });
    thread.on('exit', () => {
      if (closing || worker !== thread) return;
      falseStarts += 1;
      worker = falseStarts > maxFalseStarts ? undefined : start();
      running = 0;
      listener.lost(lost(cause));
    });
    for (const [keyId, pkcs8] of keys) thread.postMessage({ kind: 'add-key', keyId, pkcs8 } satisfies ToWorker);
    return thread;
  }

  return {
    get running() {
      return running;
    },
    run: (jobs) => {
      running += jobs.length;
      if (worker === undefined) {
        running = 0;
        // Not at once: the caller is still handing out jobs.
        setImmediate(() => listener.lost(lost(undefined)));
        return;
      }
      const { value, transfer } = packBytes<ToWorker>({ kind: 'jobs', jobs });
      worker.postMessage(value, transfer);
    },
    tell: (message) => worker?.postMessage(message),
    [Symbol.asyncDispose]: async () => {
      closing = true;
      await worker?.terminate();
    },
  };
}

function lost(cause: unknown): Failure {
  const message = 'A cryptography thread stopped in the middle of its work. Try again.';
  return new Failure('unavailable', 'crypto-thread-lost', message, {}, { cause });
}
