/**
 * The private key operations of the server, on worker threads. Keys are given once; an enrolment takes two hops: open
 * the request, then sign the certificate and seal the reply. With `threads: 0` the same code runs on the caller's thread.
 */
import { Failure } from '../lib/failure.ts';
import type {
  Certified,
  CertifyJob,
  CryptoJob,
  CryptoResult,
  JobFailure,
  JobOutcome,
  OpenedRequest,
  OpenRequest,
  Reply,
} from './crypto-job.ts';
import { createLane, type Lane, type LanePauses } from './crypto-lane.ts';
import type { Digest } from './digest.ts';
import { createKeyRing } from './key-ring.ts';
import { importPrivateKey } from './private-key.ts';
import { runJob } from './run-job.ts';

export type CryptoPool = AsyncDisposable & {
  /** Jobs that wait or run, but for those that yield. Whoever admits work (http) answers "busy" in good time by it. */
  readonly pending: number;
  /** Those that yield. */
  readonly yielding: number;
  /** Whether a thread is there to do them. A pool without is not broken for good: threads are tried again and again. */
  readonly alive: boolean;
  /** More jobs than this fail with `Failure` `crypto-busy`. */
  readonly limit: number;
  /** Throws `Failure` `private-key-malformed`. Adding a key again replaces it. */
  addKey(keyId: string, pkcs8: Uint8Array): void;
  removeKey(keyId: string): void;
  hasKey(keyId: string): boolean;
  /**
   * RSA PKCS#1 v1.5 or ECDSA (DER form). Rejects with `Failure` `key-not-loaded`, as the two below do. What yields is done when
   * nothing else waits, and now and then all the same.
   */
  sign(keyId: string, digest: Digest, data: Uint8Array, turn?: 'yields'): Promise<Uint8Array>;
  /** The signature is checked first; nothing is decrypted for a message whose signature is wrong. */
  openRequest(request: OpenRequest): Promise<OpenedRequest>;
  /** A CertRep, DER: the content encrypted to the requester, the attributes signed by the RA. */
  sealReply(reply: Reply): Promise<Uint8Array>;
  /** `sign` a certificate and `sealReply` with it, on one visit. The message is for nobody before its certificate is stored. */
  certify(order: Omit<CertifyJob, 'kind'>): Promise<Certified>;
};

export type CryptoPoolOptions = {
  /** 0: on the caller's thread. */
  readonly threads: number;
  readonly limit?: number;
  /** For tests: another program for the threads. */
  readonly worker?: URL;
  /** For tests: between attempts to replace a thread that does not come up. */
  readonly pauses?: LanePauses;
};

type Waiting = {
  readonly job: CryptoJob;
  readonly yields: boolean;
  readonly resolve: (outcome: { outcome: JobOutcome; lane: number }) => void;
  readonly reject: (failure: Failure) => void;
};

/** Jobs handed to a thread ahead of its answers: enough to keep it busy while a batch is on its way. */
const ahead = 16;
/** Of those that yield: what comes after them waits for no more than these. */
const aheadYielding = 6;
/** So many others go first, then one that yields all the same: it must not wait for ever. */
const othersFirst = 32;

export function createCryptoPool(options: CryptoPoolOptions): CryptoPool {
  const { threads, limit = 2048, worker = defaultWorker, pauses } = options;
  return threads === 0 ? inlinePool(limit) : threadPool(threads, limit, worker, pauses);
}

const defaultWorker = new URL('./crypto-worker.ts', import.meta.url);

function threadPool(threads: number, limit: number, worker: URL, pauses?: LanePauses): CryptoPool {
  const keys = new Map<string, Uint8Array>();
  const running = new Map<number, Waiting & { readonly lane: number }>();
  const shared: Waiting[] = [];
  const own: Waiting[][] = Array.from({ length: threads }, () => []);
  const yielding: Waiting[] = [];
  /** Of all: jobs that wait, or run. */
  let count = 0;
  let yieldingCount = 0;
  /** By lane, those of them that yield and run. */
  const yieldingIn: number[] = Array.from({ length: threads }, () => 0);
  let sinceYielding = 0;
  let nextId = 0;
  let scheduled = false;
  let closed = false;
  let idle: (() => void) | undefined;

  const lanes = Array.from({ length: threads }, (_, index) =>
    createLane(
      worker,
      keys,
      {
        finished: (results) => {
          for (const { id, outcome } of results) settle(id, outcome);
          schedule();
        },
        lost: (failure) => {
          for (const [id, job] of running) if (job.lane === index) end(id)?.reject(failure);
          // Any lane can do what this one was only the most convenient for.
          shared.push(...(own[index]?.splice(0) ?? []));
          schedule();
        },
      },
      pauses,
    ),
  );

  function settle(id: number, outcome: JobOutcome): void {
    const job = end(id);
    job?.resolve({ outcome, lane: job.lane });
  }

  function end(id: number) {
    const job = running.get(id);
    if (job === undefined) return undefined;
    running.delete(id);
    count -= 1;
    if (job.yields) {
      yieldingCount -= 1;
      yieldingIn[job.lane] = (yieldingIn[job.lane] ?? 1) - 1;
    }
    return job;
  }

  /** Hands jobs to the lanes, the least loaded one first, until each has enough. */
  function dispatch(): void {
    scheduled = false;
    const batches: { id: number; job: CryptoJob }[][] = lanes.map(() => []);
    const loads = lanes.map((lane) => lane.running);
    for (;;) {
      const index = nextLane(lanes, loads, (lane) => has(lane));
      const next = index < 0 ? undefined : takeFor(index);
      if (next === undefined) break;
      const id = nextId++;
      running.set(id, { ...next, lane: index });
      if (next.yields) yieldingIn[index] = (yieldingIn[index] ?? 0) + 1;
      loads[index] = (loads[index] ?? 0) + 1;
      batches[index]?.push({ id, job: next.job });
    }
    for (const [index, batch] of batches.entries()) if (batch.length > 0) lanes[index]?.run(batch);
    if (count === 0) idle?.();
  }

  function has(lane: number): boolean {
    return (own[lane]?.length ?? 0) > 0 || shared.length > 0 || mayYield(lane);
  }

  function mayYield(lane: number): boolean {
    return yielding.length > 0 && (yieldingIn[lane] ?? 0) < aheadYielding;
  }

  function takeFor(lane: number): Waiting | undefined {
    const first = sinceYielding >= othersFirst && mayYield(lane) ? yielding.shift() : undefined;
    const next = first ?? own[lane]?.shift() ?? shared.shift() ?? (mayYield(lane) ? yielding.shift() : undefined);
    if (next?.yields) sinceYielding = 0;
    else sinceYielding += yielding.length > 0 ? 1 : 0;
    return next;
  }

  /** After this turn's input has been read and answered: all that came of it goes in one message. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(dispatch);
  }

  const submit: Submit = (job, { lane, yields = false } = {}) => {
    if (closed) return Promise.reject(stopped());
    if (count >= limit) return Promise.reject(busy(limit));
    return new Promise((resolve, reject) => {
      const wished = lanes[lane ?? -1]?.condition === 'working' ? own[lane ?? -1] : undefined;
      (yields ? yielding : (wished ?? shared)).push({ job, yields, resolve, reject });
      count += 1;
      if (yields) yieldingCount += 1;
      schedule();
    });
  };

  return {
    ...verbs(submit),
    limit,
    get pending() {
      return count - yieldingCount;
    },
    get yielding() {
      return yieldingCount;
    },
    get alive() {
      return lanes.some(({ condition }) => condition === 'working');
    },
    addKey: (keyId, pkcs8) => {
      importPrivateKey(pkcs8);
      const copy = pkcs8.slice();
      keys.set(keyId, copy);
      for (const lane of lanes) lane.tell({ kind: 'add-key', keyId, pkcs8: copy });
    },
    hasKey: (keyId) => keys.has(keyId),
    removeKey: (keyId) => {
      keys.delete(keyId);
      for (const lane of lanes) lane.tell({ kind: 'remove-key', keyId });
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      if (count > 0)
        await new Promise<void>((resolve) => {
          idle = resolve;
        });
      await Promise.all(lanes.map((lane) => lane[Symbol.asyncDispose]()));
    },
  };
}

/**
 * The least loaded lane that has something to take and room for it; -1 when there is none. One that is not there takes
 * nothing while another is: jobs would be lost.
 */
function nextLane(lanes: readonly Lane[], loads: readonly number[], has: (lane: number) => boolean): number {
  const taking = (['working', 'restarting', 'paused'] as const).find((wanted) =>
    lanes.some(({ condition }) => condition === wanted),
  );
  let best = -1;
  let lowest = ahead;
  for (let index = 0; index < lanes.length; index++) {
    const load = loads[index] as number;
    if (lanes[index]?.condition !== taking) continue;
    if (load >= lowest || !has(index)) continue;
    best = index;
    lowest = load;
  }
  return best;
}

function inlinePool(limit: number): CryptoPool {
  const keys = createKeyRing();
  return {
    ...verbs(async (job) => ({ outcome: runJob(keys, job), lane: 0 })),
    pending: 0,
    yielding: 0,
    alive: true,
    limit,
    addKey: keys.add,
    removeKey: keys.remove,
    hasKey: keys.has,
    [Symbol.asyncDispose]: async () => {},
  };
}

type Submit = (
  job: CryptoJob,
  where?: { readonly lane?: number | undefined; readonly yields?: boolean },
) => Promise<{ outcome: JobOutcome; lane: number }>;

function verbs(submit: Submit): Pick<CryptoPool, 'sign' | 'openRequest' | 'sealReply' | 'certify'> {
  return {
    sign: async (keyId, digest, data, turn) =>
      bytesOf((await submit({ kind: 'sign', keyId, digest, data }, { yields: turn === 'yields' })).outcome),
    openRequest: async (request) => {
      const { outcome, lane } = await submit({ ...request, kind: 'open' });
      const result = resultOf(outcome);
      if (result instanceof Uint8Array || result.kind === 'certified') throw mixedUp();
      return { ...result, lane };
    },
    sealReply: async (reply) => bytesOf((await submit({ ...reply, kind: 'reply' }, { lane: reply.lane })).outcome),
    certify: async (order) => {
      const result = resultOf((await submit({ ...order, kind: 'certify' }, { lane: order.reply.lane })).outcome);
      if (result instanceof Uint8Array || result.kind !== 'certified') throw mixedUp();
      return result;
    },
  };
}

function bytesOf(outcome: JobOutcome): Uint8Array {
  const result = resultOf(outcome);
  if (!(result instanceof Uint8Array)) throw mixedUp();
  return result;
}

function resultOf(outcome: JobOutcome): CryptoResult {
  if (!outcome.ok) throw restored(outcome.error);
  return outcome.result;
}

function mixedUp(): TypeError {
  return new TypeError('a thread mixed up its answers');
}

function restored({ failure, message }: JobFailure): Error {
  return failure === null ? new Error(message) : new Failure(failure.kind, failure.code, message, failure.params);
}

function busy(limit: number): Failure {
  return new Failure(
    'unavailable',
    'crypto-busy',
    `More than ${limit} cryptographic jobs are waiting. Try again later.`,
  );
}

function stopped(): Failure {
  return new Failure('unavailable', 'crypto-stopped', 'The server is stopping. Try again later.');
}
