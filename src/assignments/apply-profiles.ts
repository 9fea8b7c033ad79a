import type { DeviceId } from '../directory/device.ts';
import type { DirtyMark, DirtyQueue } from '../directory/dirty-queue.ts';
import type { Platform } from '../directory/platform.ts';
import type { Cause } from '../events/event.ts';
import { deleteProfile } from '../profiles/delete-profile.ts';
import { type Finding, hasErrors } from '../profiles/finding.ts';
import type { Profile } from '../profiles/profile.ts';
import { identityOf, profilesMeant } from '../profiles/profile-meant.ts';
import { type SaveProfileDeps, saveProfile } from '../profiles/save-profile.ts';
import { type ProfileChange, profileChanges } from '../profiles/setting-effect.ts';
import { bySeverity } from '../profiles/validate-profile.ts';
import type { AppliedProfile, Planned, PlannedRemovals, ProfileRemoval } from './applied-profile.ts';
import { type ApplyFilterDeps, applyFilter } from './apply-filter.ts';
import { aboutRefusedRoot, ambiguousName, profileTwice } from './apply-findings.ts';
import { assign } from './assign.ts';
import { assignmentChanges, isEmpty, targetsOf } from './assignment-changes.ts';
import { assignmentFindings } from './assignment-findings.ts';
import type { AssignmentStore } from './assignment-store.ts';
import { expectPlanned } from './expect-planned.ts';
import { isFilterDocument } from './filter/filter-document.ts';
import type { ProfileWorld } from './profile-world.ts';
import { profilesToPrune } from './profiles-to-prune.ts';
import { type ScopeTagNames, scopeTagFindings } from './scope-tag-findings.ts';
import type { TargetNames } from './target-names.ts';

export type ApplyProfilesDeps = SaveProfileDeps &
  Parameters<typeof assign>[0] &
  Parameters<typeof deleteProfile>[0] &
  ApplyFilterDeps &
  TargetNames & { readonly assignments: Pick<AssignmentStore, 'all'>; readonly scopeTags: ScopeTagNames };

export type ApplyProfilesInput = {
  readonly documents: readonly { readonly document: unknown; readonly planned?: Planned | undefined }[];
  /** Also deletes every profile that no document means. */
  readonly prune: { readonly planned?: PlannedRemovals | undefined } | null;
  /** `plan`: says what would be done, and leaves everything as it is. */
  readonly mode: 'plan' | 'apply';
  readonly cause: Cause;
};

export type ApplyProfilesResult = {
  /** `refused`: there are errors, and nothing was done. */
  readonly outcome: 'applied' | 'planned' | 'refused';
  /** In the order of the documents. */
  readonly items: readonly AppliedProfile[];
  readonly removals: readonly ProfileRemoval[];
  /** All profiles and assignments as they are then; null where it was refused. */
  readonly world: ProfileWorld | null;
};

/**
 * Makes profiles, their assignments and the filters that those use what documents say: all of them in one transaction, or none. Documents may refer to
 * each other in any order. A plan is the same work, taken back: it finds what applying would find. Failure `plan-outdated`
 * when a `planned` does not hold any more.
 */
export async function applyProfiles(deps: ApplyProfilesDeps, input: ApplyProfilesInput): Promise<ApplyProfilesResult> {
  try {
    return await deps.transact(async () => {
      const marks = collectMarks(deps.dirtyQueue);
      const result = await carryOut({ ...deps, dirtyQueue: marks.queue }, input);
      if (result.outcome !== 'applied') throw new TakenBack(result);
      await marks.flush();
      return result;
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.result;
    throw error;
  }
}

/** Ends a transaction that is not to be kept. */
class TakenBack extends Error {
  readonly result: ApplyProfilesResult;

  constructor(result: ApplyProfilesResult) {
    super('taken back');
    this.result = result;
  }
}

/** Each device is marked once, however many profiles change: for the one that changes, or for everything. */
function collectMarks(queue: DirtyQueue): { readonly queue: DirtyQueue; readonly flush: () => Promise<void> } {
  type About = DirtyMark['profileId'];
  const marked = new Map<DeviceId, About>();
  const platforms = new Map<Platform | undefined, About>();
  const note = <Key>(marks: Map<Key, About>, key: Key, about: About = null) =>
    marks.set(key, !marks.has(key) || marks.get(key) === about ? about : null);
  return {
    queue: {
      ...queue,
      mark: async (deviceIds, about) => {
        for (const id of deviceIds) note(marked, id, about);
      },
      markAll: async (platform, about) => {
        note(platforms, platform, about);
      },
    },
    flush: async () => {
      for (const [platform, about] of platforms) await queue.markAll(platform, about);
      for (const [about, devices] of Map.groupBy(marked, ([, about]) => about))
        await queue.mark(
          devices.map(([id]) => id),
          about,
        );
    },
  };
}

async function carryOut(deps: ApplyProfilesDeps, input: ApplyProfilesInput): Promise<ApplyProfilesResult> {
  const before = await deps.profiles.all();
  const documents = input.documents.map(({ document }) => document);
  const meant = documents.map((document) => (isFilterDocument(document) ? [] : profilesMeant(document, before)));
  const items = new Map<number, AppliedProfile>();
  for (const index of inOrder(documents)) {
    const document = documents[index];
    if (isFilterDocument(document)) {
      items.set(index, await applyFilter(deps, { document, earlier: [...items.values()], cause: input.cause }));
      continue;
    }
    const [stored = null, ...rivals] = meant[index] ?? [];
    const twice = profileTwice(documents, meant, index);
    if (twice !== null) items.set(index, refusal(document, stored, [twice]));
    else if (stored !== null && rivals.length > 0)
      items.set(index, refusal(document, null, [ambiguousName([stored, ...rivals])]));
    else {
      const earlier = [...items.values()];
      items.set(index, await applyOne(deps, { document, stored, earlier, cause: input.cause }));
    }
  }
  const ordered = documents.flatMap((_, index) => items.get(index) ?? []);
  const refused = ordered.some(({ action }) => action === 'refused');
  const kept = new Set(meant.flatMap((profiles) => profiles.map(({ id }) => id)));
  const removals = input.prune === null ? [] : profilesToPrune(before, kept, await deps.profiles.all());
  expectPlanned(input, ordered, removals);
  if (refused || removals.some(({ findings }) => hasErrors(findings)))
    return { outcome: 'refused', items: ordered, removals, world: null };
  if (input.mode === 'plan')
    return { outcome: 'planned', items: ordered, removals, world: await worldWithout(deps, removals) };
  for (const { id, version } of removals) await deleteProfile(deps, { id, version, cause: input.cause });
  return { outcome: 'applied', items: ordered, removals, world: await worldWithout(deps, []) };
}

async function worldWithout(
  { profiles, assignments, filters }: Pick<ApplyProfilesDeps, 'profiles' | 'assignments' | 'filters'>,
  removals: readonly ProfileRemoval[],
): Promise<ProfileWorld> {
  const gone = new Set(removals.map(({ id }) => id));
  return {
    profiles: (await profiles.all()).filter(({ id }) => !gone.has(id)),
    assignments: (await assignments.all()).filter(({ profileId }) => !gone.has(profileId)),
    filters: await filters.all(),
  };
}

/** Filters, then trusted certificate profiles: the others refer to them. */
function inOrder(documents: readonly unknown[]): readonly number[] {
  const place = (document: unknown) =>
    isFilterDocument(document) ? 0 : identityOf(document).kind === 'trustedCertificate' ? 1 : 2;
  return documents.map((_, index) => index).sort((a, b) => place(documents[a]) - place(documents[b]) || a - b);
}

async function applyOne(
  deps: ApplyProfilesDeps,
  given: {
    readonly document: unknown;
    readonly stored: Profile | null;
    readonly earlier: readonly AppliedProfile[];
    readonly cause: Cause;
  },
): Promise<AppliedProfile> {
  const { document, stored, earlier, cause } = given;
  const saved = await saveProfile(deps, { id: stored?.id ?? null, version: null, document, cause });
  if (saved.kind === 'refused')
    return refusal(
      document,
      stored,
      saved.findings.map((each) => aboutRefusedRoot(each, document, earlier)),
    );
  const { profile, assignments: lines } = saved;
  const wanted = lines === null ? null : await targetsOf(deps, lines);
  if (wanted !== null && wanted.findings.length > 0)
    return refusal(document, stored, [...wanted.findings, ...saved.findings]);
  const { platform } = profile.settings;
  const about = wanted === null ? [] : await assignmentFindings(deps, { assignments: wanted.assignments, platform });
  const tags = await scopeTagFindings(deps, profile.scopeTags);
  const findings = bySeverity([...saved.findings, ...about, ...tags]);
  if (hasErrors(about)) return refusal(document, stored, findings);
  const assignments = wanted && (await assignmentChanges(deps, profile.id, wanted.assignments));
  if (wanted !== null) await assign(deps, { profileId: profile.id, assignments: wanted.assignments, cause });
  const same = saved.outcome === 'unchanged' && (assignments === null || isEmpty(assignments));
  return {
    ...identityOf(document),
    id: stored?.id ?? null,
    slug: profile.slug,
    action: stored === null ? 'create' : same ? 'unchanged' : 'change',
    version: stored?.version ?? null,
    changes: stored === null ? [] : await withSlugs(deps, profileChanges(stored, profile)),
    assignments,
    findings,
  };
}

function refusal(document: unknown, stored: Profile | null, findings: readonly Finding[]): AppliedProfile {
  const identity = identityOf(document);
  const id = stored?.id ?? null;
  const version = stored?.version ?? null;
  return {
    ...identity,
    slug: stored?.slug ?? identity.slug,
    id,
    action: 'refused',
    version,
    changes: [],
    assignments: null,
    findings,
  };
}

/** People know profiles by their slugs. */
async function withSlugs(
  { profiles }: Pick<ApplyProfilesDeps, 'profiles'>,
  changes: readonly ProfileChange[],
): Promise<readonly ProfileChange[]> {
  if (!changes.some(({ path }) => path === 'settings.rootCertificate')) return changes;
  const all = await profiles.all();
  const slug = (value: unknown) => all.find(({ id }) => id === value)?.slug ?? value;
  return changes.map((change) =>
    change.path === 'settings.rootCertificate'
      ? { ...change, before: slug(change.before), after: slug(change.after) }
      : change,
  );
}
