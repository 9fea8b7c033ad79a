/** What applying documents does, or would do, to each profile and filter. */
import type { Finding } from '../profiles/finding.ts';
import type { Profile } from '../profiles/profile.ts';
import type { assignmentLine } from '../profiles/profile-document.ts';
import type { DocumentIdentity } from '../profiles/profile-meant.ts';
import type { ProfileChange } from '../profiles/setting-effect.ts';
import type { FilterId } from './filter/filter.ts';

/** As documents write assignments: `{ include: { group: Sales } }`. */
export type AssignmentLine = ReturnType<typeof assignmentLine>;
export type AssignmentChanges = {
  readonly added: readonly AssignmentLine[];
  readonly removed: readonly AssignmentLine[];
};

/** What an earlier plan of a document said. Carried out only while it still says the same. */
export type Planned = {
  /** Of the profile before; null: there was none. */
  readonly version: number | null;
  readonly assignments: AssignmentChanges | null;
};

export type AppliedProfile = DocumentIdentity & {
  /** Null when there is no such profile, or filter, yet. */
  readonly id: Profile['id'] | FilterId | null;
  readonly action: 'create' | 'change' | 'unchanged' | 'refused';
  /** Of the profile before, as `Planned` has it. */
  readonly version: number | null;
  readonly changes: readonly ProfileChange[];
  /** Null: the document says nothing about them. */
  readonly assignments: AssignmentChanges | null;
  readonly findings: readonly Finding[];
};

export type ProfileRemoval = Pick<Profile, 'id' | 'slug' | 'name' | 'kind' | 'version'> & {
  readonly platform: Profile['settings']['platform'];
  readonly findings: readonly Finding[];
};

/** Exactly these, or nothing at all is done. */
export type PlannedRemovals = readonly Readonly<{ slug: string; version: number }>[];
