import type { AppliedProfile, ProfileRemoval } from '../assignments/applied-profile.ts';
import type { applyProfiles } from '../assignments/apply-profiles.ts';
import type { Assignment, AssignmentId } from '../assignments/assignment.ts';
import { type AssignmentFindingDeps, assignmentFindings } from '../assignments/assignment-findings.ts';
import type { AssignmentStore } from '../assignments/assignment-store.ts';
import type { NewAssignment } from '../assignments/new-assignment.ts';
import type { ProfileWorld } from '../assignments/profile-world.ts';
import type { Cause } from '../events/event.ts';
import type { Bound } from '../lib/bound.ts';
import { Failure } from '../lib/failure.ts';
import { inUse } from '../profiles/delete-profile.ts';
import { type Finding, hasErrors } from '../profiles/finding.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { ImpactInput } from './impact.ts';

/** What somebody thinks of doing. */
export type ProfileIntent =
  | { readonly kind: 'apply'; readonly documents: readonly unknown[]; readonly prune: boolean }
  | { readonly kind: 'assign'; readonly profileId: ProfileId; readonly assignments: readonly NewAssignment[] }
  | { readonly kind: 'delete'; readonly profileId: ProfileId }
  /** Nothing: what the profile brings as it is. */
  | { readonly kind: 'leave'; readonly profileId: ProfileId };

export type IntendedChange =
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }
  | (ImpactInput & {
      readonly kind: 'possible';
      /** Warnings and information. */
      readonly findings: readonly Finding[];
      /** Why it would not be done although its impact can be told. */
      readonly obstacle: Failure | null;
    });

/**
 * The worlds before and after a change, for `impact`. Documents are planned as applying them would be, and refused as
 * applying them would be. Failure `profile-not-found`.
 */
export async function intendedChange(
  deps: {
    readonly profiles: Pick<ProfileStore, 'all'>;
    readonly assignments: Pick<AssignmentStore, 'all'>;
    readonly applyProfiles: Bound<typeof applyProfiles>;
  } & AssignmentFindingDeps,
  { intent, cause }: { readonly intent: ProfileIntent; readonly cause: Cause },
): Promise<IntendedChange> {
  const before: ProfileWorld = { profiles: await deps.profiles.all(), assignments: await deps.assignments.all() };
  if (intent.kind === 'apply') {
    const documents = intent.documents.map((document) => ({ document }));
    const prune = intent.prune ? {} : null;
    const { items, removals, world } = await deps.applyProfiles({ documents, prune, mode: 'plan', cause });
    const findings = [...items, ...removals].flatMap((item) => item.findings);
    if (world === null) return { kind: 'refused', findings };
    return {
      kind: 'possible',
      before,
      after: world,
      focus: profilesOf(items, removals, world),
      findings,
      obstacle: null,
    };
  }
  const { profileId } = intent;
  const profile = before.profiles.find(({ id }) => id === profileId);
  if (profile === undefined) throw new Failure('not-found', 'profile-not-found', 'There is no such profile.');
  const obstacle = intent.kind === 'delete' ? inUse(profile, before.profiles) : null;
  const findings =
    intent.kind === 'assign'
      ? await assignmentFindings(deps, { assignments: intent.assignments, platform: profile.settings.platform })
      : [];
  if (hasErrors(findings)) return { kind: 'refused', findings };
  return { kind: 'possible', before, after: worldAfter(before, intent), focus: [profileId], findings, obstacle };
}

/** Of a plan, and those whose assignments use a filter of it; what is new has its id in the world after alone. */
export function profilesOf(
  items: readonly Pick<AppliedProfile, 'slug' | 'kind' | 'id'>[],
  removals: readonly Pick<ProfileRemoval, 'id'>[],
  { profiles, assignments }: ProfileWorld,
): readonly ProfileId[] {
  const slugs = new Set(items.map(({ slug }) => slug));
  const filters = new Set<string | null>(items.flatMap(({ kind, id }) => (kind === 'filter' ? [id] : [])));
  const using = assignments.filter(({ filter }) => filter !== null && filters.has(filter.filterId));
  const ids = [...profiles.filter(({ slug }) => slugs.has(slug)), ...removals].map(({ id }) => id);
  return [...new Set([...ids, ...using.map(({ profileId }) => profileId)])];
}

function worldAfter(
  { profiles, assignments }: ProfileWorld,
  intent: Exclude<ProfileIntent, { kind: 'apply' }>,
): ProfileWorld {
  const { profileId } = intent;
  const others = assignments.filter((assignment) => assignment.profileId !== profileId);
  switch (intent.kind) {
    case 'leave':
      return { profiles, assignments };
    case 'delete':
      return { profiles: profiles.filter(({ id }) => id !== profileId), assignments: others };
    case 'assign': {
      const id = '' as AssignmentId; // never stored
      const own = intent.assignments.map(
        ({ mode, target, filter = null }): Assignment => ({ id, profileId, mode, target, filter }),
      );
      return { profiles, assignments: [...others, ...own] };
    }
  }
}
