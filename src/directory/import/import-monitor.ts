import type { Clock } from '../../lib/clock.ts';
import { Failure, isFailure } from '../../lib/failure.ts';
import type { ImportDirectoryInput, ImportDirectoryResult } from '../import-directory.ts';
import type { ImportProgress } from './apply-import.ts';
import type { ImportCounts } from './import-counts.ts';
import type { ImportKind } from './import-fault.ts';

/** What came of it, for those who did not wait for the answer. */
export type ImportOutcome = {
  /** `failed`: it was ended, or something did not work; `code` and `detail` say what. */
  readonly kind: ImportDirectoryResult['kind'] | 'failed';
  readonly counts: Readonly<Record<ImportKind, ImportCounts>> | null;
  /** Mistakes in the files. */
  readonly mistakes: number;
  readonly code: string | null;
  readonly detail: string | null;
};

/** The import that runs on this server now, or ran last. Times in ms. */
export type ObservedImport = ImportProgress & {
  readonly state: 'running' | 'ended';
  readonly mode: ImportDirectoryInput['mode'];
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Null: it runs. */
  readonly outcome: ImportOutcome | null;
};

type Observe = (onProgress: (progress: ImportProgress) => void) => Promise<ImportDirectoryResult>;

export type ImportMonitor = {
  /** Null: none since the server started. */
  latest(): ObservedImport | null;
  /**
   * One at a time: each needs memory for the names of a whole directory. Fails with `import-running`; and with
   * `import-cancelled` where `cancel` was heard, which undoes all of it.
   */
  watch(mode: ObservedImport['mode'], work: Observe): Promise<ImportDirectoryResult>;
  /** Ends the one that runs at its next step, unless it is past its last. Answers whether there was one. */
  cancel(): boolean;
};

export function createImportMonitor(clock: Pick<Clock, 'now'>): ImportMonitor {
  let latest: ObservedImport | null = null;
  let cancelled = false;
  return {
    latest: () => latest,
    async watch(mode, work) {
      if (latest?.state === 'running') throw running();
      const begun: ObservedImport = {
        state: 'running',
        mode,
        step: 'reading',
        done: 0,
        total: 0,
        startedAt: clock.now(),
        endedAt: null,
        outcome: null,
      };
      latest = begun;
      cancelled = false;
      const end = (outcome: ImportOutcome) => {
        latest = { ...begun, ...latest, state: 'ended', endedAt: clock.now(), outcome };
      };
      try {
        const result = await work((progress) => {
          if (cancelled) throw ended();
          latest = { ...begun, ...progress };
        });
        end(outcomeOf(result));
        return result;
      } catch (error) {
        end(failureOf(error));
        throw error;
      }
    },
    cancel() {
      if (latest?.state !== 'running') return false;
      cancelled = true;
      return true;
    },
  };
}

function outcomeOf(result: ImportDirectoryResult): ImportOutcome {
  const counts = result.kind === 'refused' ? null : result.counts;
  const mistakes = result.kind === 'refused' ? result.total : 0;
  return { kind: result.kind, counts, mistakes, code: null, detail: null };
}

function failureOf(error: unknown): ImportOutcome {
  const known = isFailure(error) ? error : null;
  const code = known?.code ?? 'internal-error';
  return { kind: 'failed', counts: null, mistakes: 0, code, detail: known?.message ?? null };
}

function running(): Failure {
  const message = 'Another import is under way on this server. Wait for its end, and try again.';
  return new Failure('conflict', 'import-running', message);
}

function ended(): Failure {
  return new Failure('conflict', 'import-cancelled', 'The import was ended before it was done; nothing was changed.');
}
