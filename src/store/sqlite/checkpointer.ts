import { Worker } from 'node:worker_threads';
import type { Connection } from './connection.ts';

export type CheckpointLimits = {
  /** Rows changed since the last time after which the log is copied. */
  readonly usual: number;
  /** Rows changed after which the writer itself does it, so that the log cannot grow for ever. */
  readonly most: number;
};

/** About 600 issuances, 30 to 40 MB of log. */
export const usualLimits: CheckpointLimits = { usual: 8_000, most: 80_000 };

const checkpoint = 'PRAGMA wal_checkpoint(PASSIVE)';

/**
 * Keeps the write-ahead log short. The bulk is copied by a thread; then the writer copies the little that came in since,
 * after which SQLite writes the log from its start again. The file itself is kept: writing over it is cheaper than
 * letting it grow.
 */
export class Checkpointer implements AsyncDisposable {
  readonly #file: string;
  readonly #alone: (work: (writer: Connection) => void) => Promise<void>;
  #worker: Worker | undefined;
  #running = false;
  #closed = false;
  #before = 0;

  readonly #limits: CheckpointLimits;

  /** `alone` keeps all other writers out. */
  constructor(file: string, limits: CheckpointLimits, alone: (work: (writer: Connection) => void) => Promise<void>) {
    this.#file = file;
    this.#limits = limits;
    this.#alone = alone;
  }

  /** To be told after every commit, while the writer is still held. */
  committed(writer: Connection): void {
    const changes = totalChanges(writer);
    const pending = changes - this.#before;
    if (pending < this.#limits.usual || this.#closed) return;
    if (!this.#running) this.#ask();
    else if (pending >= this.#limits.most) {
      writer.one(checkpoint);
      this.#before = changes;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #ask(): void {
    this.#running = true;
    this.#thread().postMessage('checkpoint');
  }

  #thread(): Worker {
    if (this.#worker === undefined) {
      this.#worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), {
        workerData: this.#file,
        resourceLimits: { maxYoungGenerationSizeMb: 2 },
      });
      this.#worker.unref();
      this.#worker.on('message', () => this.#finish());
      // Without the thread the writer does it all, at every `most` rows; the next round starts another thread.
      this.#worker.on('error', () => {
        this.#worker = undefined;
        this.#running = false;
      });
    }
    return this.#worker;
  }

  #finish(): void {
    if (this.#closed) return;
    const done = () => {
      this.#running = false;
    };
    // A log that cannot be copied only grows; a disk that fails shows at the next commit.
    this.#alone((writer) => {
      writer.one(checkpoint);
      this.#before = totalChanges(writer);
    }).then(done, done);
  }
}

function totalChanges(writer: Connection): number {
  return Number(writer.one('SELECT total_changes() AS changes')?.changes);
}
