/**
 * What became of a profile: its versions, who made them, when, and what differed; who was assigned; that it was deleted.
 * Written in the transaction of the change, never edited, and kept when the profile is gone.
 */
import type { Cause } from '../events/event.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { Profile } from './profile.ts';
import type { ProfileId } from './profile-id.ts';
import type { ProfileChange } from './setting-effect.ts';

/** `saved` makes a version of the content; `assigned` and `deleted` do not. */
export const historyKinds = ['saved', 'assigned', 'deleted'] as const;

export type HistoryKind = (typeof historyKinds)[number];

export type HistoryEntry = {
  readonly id: string;
  readonly profileId: ProfileId;
  readonly kind: HistoryKind;
  /** The profile's version after it. */
  readonly version: number;
  /** The earlier version that was brought back. */
  readonly restoredFrom: number | null;
  /** ms UTC. */
  readonly at: number;
  readonly cause: Cause;
  /** Empty for a first version; null where it is not known: saved before versions were kept. */
  readonly changes: readonly ProfileChange[] | null;
};

export type ProfileHistory = {
  /** Also keeps these versions of the profile; one that is kept already stays as it is. */
  record(entry: HistoryEntry, versions: readonly Profile[]): Promise<void>;
  /** Newest first. */
  list(
    query: { readonly profileId: ProfileId; readonly kind: HistoryKind | null },
    page: PageRequest,
  ): Promise<Page<HistoryEntry>>;
  /** The profile as it was; null when that version is not kept. */
  version(profileId: ProfileId, version: number): Promise<Profile | null>;
  /** The entry that made that version; null when it is not kept. */
  savedAs(profileId: ProfileId, version: number): Promise<HistoryEntry | null>;
  /** The newest version that is kept, of a deleted profile too. */
  latest(profileId: ProfileId): Promise<Profile | null>;
};
