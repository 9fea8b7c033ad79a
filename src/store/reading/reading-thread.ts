import { Worker } from 'node:worker_threads';
import type { Viewer } from '../../access/viewing.ts';
import { minute } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import type { RemoteCall } from '../report-ports.ts';
import { type ReadingAnswer, type ReadingCall, type ReadingPlace, resultOf } from './reading-message.ts';

/** How long an idle thread is kept: it holds some 20 MB, and the columns of certificates once somebody has asked for a list. */
const patience = 10 * minute;

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (error: unknown) => void };

/**
 * Carries out calls of the report ports on a thread with a connection of its own, so that they do not hold up the main one.
 * Every call reads in statements of its own: none keeps the write-ahead log from being copied for longer than one statement
 * takes. The thread comes with the first call and goes when there have been none for a while.
 */
export class ReadingThread implements AsyncDisposable {
  /** Calls are made on behalf of whom this says at the moment of each. */
  readonly call: (viewer: () => Viewer) => RemoteCall;
  readonly #place: ReadingPlace;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last = 0;
  #closed = false;

  constructor(place: ReadingPlace) {
    this.#place = place;
    this.call = (viewer) => async (port, method, given) => this.#call({ port, method, given, viewer: viewer() });
  }

  /** Whoever still waits is told that the server stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#worker?.terminate();
    this.#lose(stopped());
  }

  #call(call: Omit<ReadingCall, 'id'>): Promise<unknown> {
    if (this.#closed) throw stopped();
    const id = ++this.#last;
    clearTimeout(this.#idle);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const worker = this.#thread();
      worker.ref();
      worker.postMessage({ id, ...call } satisfies ReadingCall);
    });
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./reading-worker.ts', import.meta.url), {
      name: 'reports',
      workerData: this.#place,
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    worker.on('message', (answer: ReadingAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      try {
        waiting?.resolve(resultOf(answer));
      } catch (error) {
        waiting?.reject(error);
      }
      if (this.#waiting.size === 0) this.#rest();
    });
    const gone = (error: unknown) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#lose(error);
    };
    worker.on('error', gone);
    worker.on('exit', () => gone(stopped()));
    this.#worker = worker;
    return worker;
  }

  #rest(): void {
    if (this.#closed) return;
    this.#worker?.unref();
    this.#idle = setTimeout(() => {
      const worker = this.#worker;
      this.#worker = undefined;
      void worker?.terminate();
    }, patience);
    this.#idle.unref();
  }

  #lose(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function stopped(): Failure {
  return new Failure('unavailable', 'reports-unavailable', 'Reports cannot be read just now. Try again.');
}
