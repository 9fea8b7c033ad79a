/** Why a device has or lacks each profile, in terms an administrator can act on. Pure. */

import type { Group, GroupId } from '../directory/group.ts';
import { isFailure } from '../lib/failure.ts';
import type { ExpectationFailure } from '../profiles/expectation.ts';
import type { Profile, ScepProfile } from '../profiles/profile.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import { resolveExpectation } from '../profiles/resolve-expectation.ts';
import type { ProfileFacts } from '../profiles/resolve-variables.ts';
import type { Assignment, AssignmentTarget } from './assignment.ts';
import type { Circumstances } from './circumstances.ts';
import { explanationText, type ReasonNames } from './explanation-text.ts';
import type { Reach } from './reach.ts';
import { type ResolutionReason, reachedThrough, resolve } from './resolve.ts';
import type { NoDeviceReason, ServingReason } from './serving-reason.ts';

export type ExplainedReason = (ResolutionReason | ServingReason | NoDeviceReason) & {
  /** Group names from the one that holds the user or device directly up to the one that is assigned; else empty. */
  readonly path: readonly string[];
  /** A sentence that says what is so and, where something can be done, what. */
  readonly text: string;
};

/**
 * `applies`: it gets the profile. `pending`: as soon as something else has happened. `error`: it should, and cannot be
 * filled in. `not-applicable`: assigned, but not made for this device (platform, manager, filter, rule). `excluded`:
 * assigned, and excluded. `not-assigned`: nobody assigned it. `no-device`: the user would, and has no device.
 */
export type ExplanationStatus =
  | 'applies'
  | 'pending'
  | 'error'
  | 'not-applicable'
  | 'excluded'
  | 'not-assigned'
  | 'no-device';

export type Explanation = {
  readonly profile: Profile;
  readonly status: ExplanationStatus;
  /** What decides, in words. */
  readonly sentence: string;
  readonly applies: boolean;
  readonly reasons: readonly ExplainedReason[];
  /** A SCEP profile whose trusted certificate profile does not reach this device: its deployment stays pending. */
  readonly rootNotAssigned: boolean;
};

export type Nesting = {
  /** Of all groups that can occur in a reason. */
  readonly groups: readonly Pick<Group, 'id' | 'name'>[];
  /** Direct holders of a group: child to parents. */
  readonly parents: ReadonlyMap<GroupId, readonly GroupId[]>;
  /** Groups that hold the device, and the user, directly. */
  readonly direct: { readonly device: readonly GroupId[]; readonly user: readonly GroupId[] };
};

export type ExplainInput = {
  readonly profiles: readonly Profile[];
  readonly assignments: readonly Assignment[];
  readonly circumstances: Circumstances;
  readonly nesting: Nesting;
};

/** One explanation per profile, in the order given. */
export function explain(input: ExplainInput & { readonly reach: Reach }): readonly Explanation[] {
  const { reach, circumstances, profiles } = input;
  const byProfile = Map.groupBy(input.assignments, (assignment) => assignment.profileId);
  const resolved = profiles.map((profile) => ({
    profile,
    resolution: resolve(profile, byProfile.get(profile.id) ?? [], reach, circumstances),
  }));
  const statuses = new Map<ProfileId, ExplanationStatus>();
  for (const { profile, resolution } of resolved)
    statuses.set(profile.id, statusOf(resolution.applies, resolution.reasons, []));
  return resolved.map(({ profile, resolution: { applies, reasons } }) => {
    const serving = applies ? servingReasons(profile, reach, statuses, profiles) : [];
    const status = statusOf(applies, reasons, serving);
    return explanation(profile, status, applies, [...reasons, ...serving], input, reach);
  });
}

/** As `explain`, for a user who has no device. */
export function explainWithoutDevice(
  input: ExplainInput & { readonly reach: Pick<Reach, 'user' | 'userGroups'> },
): readonly Explanation[] {
  const reach = { ...input.reach, device: null, deviceGroups: new Set<GroupId>() };
  // Whatever device the user gets is one of all devices.
  const through = (target: AssignmentTarget) =>
    target.kind === 'allDevices' ? 'device' : reachedThrough(target, reach);
  const byProfile = Map.groupBy(input.assignments, (assignment) => assignment.profileId);
  return input.profiles.map((profile) => {
    const reasons: (ResolutionReason | NoDeviceReason)[] = [];
    let filtered = true;
    for (const { mode, target, filter } of byProfile.get(profile.id) ?? []) {
      const holder = through(target);
      if (holder === null) continue;
      reasons.push({ code: mode === 'include' ? 'included' : 'excluded', by: target, through: holder });
      if (mode === 'include' && filter === null) filtered = false;
    }
    const codes = new Set(reasons.map(({ code }) => code));
    const status = !codes.has('included') ? 'not-assigned' : codes.has('excluded') ? 'excluded' : 'no-device';
    if (status === 'not-assigned') reasons.push({ code: 'not-assigned' });
    if (status === 'no-device') {
      const { settings } = profile;
      const rules = 'applicabilityRules' in settings && settings.applicabilityRules !== undefined;
      const unless = [...(filtered ? (['filter'] as const) : []), ...(rules ? (['rules'] as const) : [])];
      reasons.push({ code: 'no-device', platform: settings.platform, unless });
    }
    return explanation(profile, status, false, reasons, input, reach);
  });
}

type AnyReason = ResolutionReason | ServingReason | NoDeviceReason;

function explanation(
  profile: Profile,
  status: ExplanationStatus,
  applies: boolean,
  reasons: readonly AnyReason[],
  { nesting, circumstances }: ExplainInput,
  { user, device }: Pick<Reach, 'user'> & { readonly device: Reach['device'] | null },
): Explanation {
  const groupNames = new Map(nesting.groups.map(({ id, name }) => [id, name]));
  const names: ReasonNames = {
    groups: groupNames,
    user: user?.userPrincipalName ?? null,
    circumstances,
    alone: device === null,
  };
  const explained = reasons.map((reason): ExplainedReason => {
    const path = pathOf(reason, nesting, groupNames);
    return { ...reason, path, text: explanationText(reason, path, names) };
  });
  // One inclusion that waits holds nothing up where another one holds already.
  const decisive = explained.filter(
    ({ code }) => deciding[status].has(code) && !(applies && code === 'not-registered'),
  );
  return {
    profile,
    status,
    sentence: decisive.map(({ text }) => text).join(' '),
    applies,
    reasons: explained,
    rootNotAssigned: reasons.some(({ code }) => code === 'root-not-assigned'),
  };
}

const gates = ['retired', 'wrong-platform', 'wrong-management', 'other-manager'] as const;

/** Which reasons tell why a status is what it is. */
const deciding: Readonly<Record<ExplanationStatus, ReadonlySet<AnyReason['code']>>> = {
  applies: new Set(['included']),
  pending: new Set(['root-not-assigned', 'not-registered']),
  error: new Set(['variable-missing', 'cannot-be-filled-in']),
  'not-applicable': new Set([...gates, 'rule-not-met', 'filtered']),
  excluded: new Set(['excluded']),
  'not-assigned': new Set(['not-assigned']),
  'no-device': new Set(['included', 'no-device']),
};

function statusOf(
  applies: boolean,
  reasons: readonly ResolutionReason[],
  serving: readonly ServingReason[],
): ExplanationStatus {
  if (applies) {
    if (serving.length === 0) return 'applies';
    return serving.some(({ code }) => code === 'root-not-assigned') ? 'pending' : 'error';
  }
  const codes = new Set(reasons.map(({ code }) => code));
  if (codes.has('not-assigned')) return 'not-assigned';
  if (codes.has('excluded')) return 'excluded';
  if (codes.has('rule-not-met') || gates.some((code) => codes.has(code))) return 'not-applicable';
  return codes.has('not-registered') ? 'pending' : 'not-applicable';
}

function servingReasons(
  profile: Profile,
  { device, user }: Reach,
  statuses: ReadonlyMap<ProfileId, ExplanationStatus>,
  profiles: readonly Profile[],
): readonly ServingReason[] {
  if (profile.kind !== 'scep') return [];
  const root = profile.settings.rootCertificate;
  const reasons: ServingReason[] = [];
  if (statuses.get(root) !== 'applies') {
    const rootName = profiles.find(({ id }) => id === root)?.name ?? null;
    reasons.push({ code: 'root-not-assigned', root, rootName, rootWaits: statuses.get(root) === 'pending' });
  }
  const failure = failureOf(profile, { device, user });
  if (failure === null) return reasons;
  const { code, detail, unresolved } = failure;
  for (const { variable, reason } of unresolved) reasons.push({ code: 'variable-missing', variable, reason });
  if (unresolved.length === 0) reasons.push({ code: 'cannot-be-filled-in', problem: code, detail });
  return reasons;
}

/** Null: it can be filled in. A profile of an earlier release that cannot be read any more fails with that reason. */
function failureOf({ settings }: ScepProfile, facts: ProfileFacts): ExpectationFailure | null {
  try {
    const result = resolveExpectation(settings, facts);
    return result.kind === 'resolved' ? null : result.failure;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { code: error.code, detail: error.message, unresolved: [] };
  }
}

function pathOf(
  reason: AnyReason,
  { direct, parents }: Nesting,
  names: ReadonlyMap<GroupId, string>,
): readonly string[] {
  if (!('by' in reason) || reason.by.kind !== 'group') return [];
  const through = reason.code === 'not-registered' ? 'device' : reason.through;
  return shortestPath(direct[through], reason.by.groupId, parents).map((id) => names.get(id) ?? id);
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
