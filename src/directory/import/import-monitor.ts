import type { Clock } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import type { ImportProgress } from './apply-import.ts';

/** The import that runs on this server now, or ran last. Times in ms. */
export type ObservedImport = ImportProgress & {
  readonly state: 'running' | 'ended';
  readonly startedAt: number;
  readonly endedAt: number | null;
};

export type ImportMonitor = {
  /** Null: none since the server started. */
  latest(): ObservedImport | null;
  /** One at a time: each needs memory for the names of a whole directory. Fails with `import-running`. */
  watch<T>(work: (onProgress: (progress: ImportProgress) => void) => Promise<T>): Promise<T>;
};

export function createImportMonitor(clock: Pick<Clock, 'now'>): ImportMonitor {
  let latest: ObservedImport | null = null;
  return {
    latest: () => latest,
    async watch(work) {
      if (latest?.state === 'running') throw running();
      const begun: ObservedImport = {
        state: 'running',
        step: 'reading',
        done: 0,
        total: 0,
        startedAt: clock.now(),
        endedAt: null,
      };
      latest = begun;
      try {
        return await work((progress) => {
          latest = { ...begun, ...progress };
        });
      } finally {
        latest = { ...latest, state: 'ended', endedAt: clock.now() };
      }
    },
  };
}

function running(): Failure {
  const message = 'Another import is under way on this server. Wait for its end, and try again.';
  return new Failure('conflict', 'import-running', message);
}
