/**
 * Long work on many items that an administrator may watch, slow down, stop for a while or for good. It is done in small
 * batches, each a transaction that also moves the job's cursor: neither a crash nor another node loses or repeats an item.
 * What an item is and what is done with it is a `JobKind`'s; nothing here knows.
 */
import type { Actor } from '../events/event.ts';
import type { Branded } from '../lib/ids.ts';

export type JobId = Branded<'JobId'>;

/** `done`: all was tried; `failed` says how much of it failed. */
export const jobStates = ['running', 'paused', 'cancelled', 'done'] as const;

export type JobState = (typeof jobStates)[number];

export type Job = {
  readonly id: JobId;
  /** Name of its `JobKind`. */
  readonly kind: string;
  /** What it is about, for people. */
  readonly title: string;
  /** The kind's own; plain JSON, not null. */
  readonly input: unknown;
  readonly state: JobState;
  /** As counted at the start; what came or went since makes it inexact. */
  readonly total: number;
  readonly done: number;
  /** Looked at, and nothing was to be done. */
  readonly skipped: number;
  readonly failed: number;
  /** The last item that was seen to; null: none. */
  readonly cursor: string | null;
  /** Items a minute at most; null: as quick as it goes. */
  readonly rate: number | null;
  /** Who started it: what it does is done in their name. */
  readonly actor: Actor;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly finishedAt: number | null;
};

/** An item that could not be done, and why. */
export type JobFailure = {
  /** In the order in which they failed. */
  readonly id: string;
  readonly item: string;
  /** What people call the item. */
  readonly name: string;
  /** Stable, kebab-case. */
  readonly code: string;
  readonly detail: string;
  readonly at: number;
};

export function isOver({ state }: Pick<Job, 'state'>): boolean {
  return state === 'done' || state === 'cancelled';
}
