import type { Cause } from '../events/event.ts';

/** `cursor` grows from item to item: from it the next ones are found. */
export type JobItem = { readonly id: string; readonly cursor: string };

export type JobOutcome =
  | { readonly kind: 'done' }
  /** Nothing was to be done. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'failed'; readonly name: string; readonly code: string; readonly detail: string };

/** What a job does; `input` is what it was started with. */
export type JobKind = {
  count(input: unknown): Promise<number>;
  /** Outside of transactions; none: it is at its end. */
  next(input: unknown, cursor: string | null, limit: number): Promise<readonly JobItem[]>;
  /**
   * Joins the transaction that moves the cursor. One outcome for each item, in order; what throws is undone for all of
   * them, and tried again one by one.
   */
  work(input: unknown, items: readonly JobItem[], cause: Cause): Promise<readonly JobOutcome[]>;
  /** After the transaction of a batch: for what cannot be part of one. */
  afterBatch?(): void;
};

export type JobKinds = Readonly<Record<string, JobKind>>;
