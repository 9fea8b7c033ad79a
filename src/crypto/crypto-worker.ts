/** One thread of the crypto pool: takes batches of jobs, answers in batches. */
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../lib/clock.ts';
import type { FromWorker, Jobs, ToWorker } from './crypto-job.ts';
import { packOutcomes, unpackJobs } from './job-wire.ts';
import { createKeyRing } from './key-ring.ts';
import { runJob } from './run-job.ts';

/** Milliseconds after which finished jobs are handed over although the batch goes on: nobody waits for a whole batch. */
const handOverAfter = 3;

// Node finds out what kind of key it was given by exceptions of its own, several for each operation, and a stack trace for
// each costs as much as a verification. Of our own errors only the message leaves this thread.
Error.stackTraceLimit = 0;

const port = parentPort;
const keys = createKeyRing();

port?.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'add-key':
      keys.add(message.keyId, message.pkcs8);
      return;
    case 'remove-key':
      keys.remove(message.keyId);
      return;
    case 'jobs':
      runBatch(unpackJobs(message.packed));
  }
});

// Read and ready: a thread that cannot say so is no help.
handOver([]);

function runBatch(jobs: Jobs): void {
  let finished: FromWorker[number][] = [];
  let since = systemClock.monotonic();
  for (const { id, job } of jobs) {
    finished.push({ id, outcome: runJob(keys, job) });
    if (systemClock.monotonic() - since < handOverAfter) continue;
    handOver(finished);
    finished = [];
    since = systemClock.monotonic();
  }
  if (finished.length > 0) handOver(finished);
}

function handOver(finished: FromWorker): void {
  const packed = packOutcomes(finished);
  port?.postMessage(packed, [packed.bytes.buffer]);
}
