/** Why a device has or lacks each profile, in terms an administrator can act on. Pure. */

import type { Group, GroupId } from '../directory/group.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Assignment } from './assignment.ts';
import { type Reach, type ResolutionReason, resolve } from './resolve.ts';

export type ExplainedReason = ResolutionReason & {
  /** Group names from the one that holds the user or device directly up to the one that is assigned; else empty. */
  readonly path: readonly string[];
};

export type Explanation = {
  readonly profile: Profile;
  readonly applies: boolean;
  readonly reasons: readonly ExplainedReason[];
  /** A SCEP profile whose trusted certificate profile does not reach this device: its deployment stays pending. */
  readonly rootNotAssigned: boolean;
};

export type ExplainInput = {
  readonly profiles: readonly Profile[];
  readonly assignments: readonly Assignment[];
  readonly reach: Reach;
  /** The groups that occur in `reach`. */
  readonly groups: readonly Group[];
  /** Direct holders of a group: child to parents. */
  readonly parents: ReadonlyMap<GroupId, readonly GroupId[]>;
  /** Groups that hold the device, and the user, directly. */
  readonly direct: { readonly device: readonly GroupId[]; readonly user: readonly GroupId[] };
};

/** One explanation per profile, in the order given. */
export function explain(input: ExplainInput): readonly Explanation[] {
  const byProfile = Map.groupBy(input.assignments, (assignment) => assignment.profileId);
  const resolved = input.profiles.map((profile) => ({
    profile,
    resolution: resolve(profile, byProfile.get(profile.id) ?? [], input.reach),
  }));
  const applying = new Set<ProfileId>();
  for (const { profile, resolution } of resolved) if (resolution.applies) applying.add(profile.id);
  return resolved.map(({ profile, resolution }) => ({
    profile,
    applies: resolution.applies,
    reasons: resolution.reasons.map((reason) => ({ ...reason, path: pathOf(reason, input) })),
    rootNotAssigned: resolution.applies && profile.kind === 'scep' && !applying.has(profile.settings.rootCertificate),
  }));
}

function pathOf(reason: ResolutionReason, input: ExplainInput): readonly string[] {
  if (!('by' in reason) || reason.by.kind !== 'group') return [];
  const through = reason.code === 'not-registered' ? 'device' : reason.through;
  const names = new Map(input.groups.map((group) => [group.id, group.name]));
  const path = shortestPath(input.direct[through], reason.by.groupId, input.parents);
  return path.map((id) => names.get(id) ?? id);
}

/** Breadth first, so that the path shown is the shortest; cycles are harmless. */
function shortestPath(
  from: readonly GroupId[],
  to: GroupId,
  parents: ReadonlyMap<GroupId, readonly GroupId[]>,
): readonly GroupId[] {
  const cameFrom = new Map<GroupId, GroupId | null>(from.map((id) => [id, null]));
  for (const id of cameFrom.keys()) {
    if (id === to) break;
    for (const parent of parents.get(id) ?? []) if (!cameFrom.has(parent)) cameFrom.set(parent, id);
  }
  if (!cameFrom.has(to)) return [];
  const path: GroupId[] = [];
  for (let at: GroupId | null = to; at !== null; at = cameFrom.get(at) ?? null) path.unshift(at);
  return path;
}
