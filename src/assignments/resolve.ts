/**
 * Who gets a profile, and why: one profile, its assignments and one device in, a decision with every reason out.
 * Pure; nested groups have been walked by whoever calls.
 */
import type { Profile } from '../profiles/profile.ts';
import { type RuleReason, unmetRules } from './applicability.ts';
import type { Assignment, AssignmentTarget } from './assignment.ts';
import type { Circumstances } from './circumstances.ts';
import { evaluateFilter } from './filter/evaluate-filter.ts';
import type { FilterId } from './filter/filter.ts';
import { type GateReason, platformGate } from './platform-gate.ts';
import type { AssignableReach } from './reach.ts';

export type FilteredReason = {
  readonly code: 'filtered';
  readonly by: AssignmentTarget;
  readonly through: 'user' | 'device';
  readonly filter: {
    readonly id: FilterId;
    /** Null: the filter is gone. */
    readonly name: string | null;
    readonly mode: 'include' | 'exclude';
    /** Null: it cannot be read, or is gone. */
    readonly rule: string | null;
  };
};

export type ResolutionReason =
  | GateReason
  | RuleReason
  | { readonly code: 'included' | 'excluded'; readonly by: AssignmentTarget; readonly through: 'user' | 'device' }
  /** Its target reaches the device, its filter leaves it out. */
  | FilteredReason
  /** Included by a target that waits for the device's first complete inventory. */
  | { readonly code: 'not-registered'; readonly by: AssignmentTarget }
  /** No assignment includes it. */
  | { readonly code: 'not-assigned' };

export type Resolution = { readonly applies: boolean; readonly reasons: readonly ResolutionReason[] };

/**
 * Exclusion wins, of whatever kind (4.1, 4.2). Device groups and all devices wait for `registeredAt`, targets that name a
 * user do not (seed, "Assign the certificate profile"). A user-type profile on a device without a user applies: whether
 * there is enough to fill it in is the expectation's question.
 */
export function resolve(
  profile: Profile,
  assignments: readonly Assignment[],
  reach: AssignableReach,
  { filters, coManagement }: Circumstances,
): Resolution {
  const reasons: ResolutionReason[] = [...platformGate(profile.settings.platform, reach, coManagement)];
  // Of another platform it has neither edition nor version in the words of the rules.
  if (reach.device.platform === profile.settings.platform) reasons.push(...unmetRules(profile, reach.device));
  let applies = reasons.length === 0;
  let included = false;
  let reached = false;
  for (const { mode, target, filter } of assignments) {
    const through = reachedThrough(target, reach);
    if (through === null) continue;
    if (mode === 'exclude') {
      reasons.push({ code: 'excluded', by: target, through });
      applies = false;
      continue;
    }
    reached = true;
    const filtered = filter === null ? null : filteredBy(filter, reach, filters);
    if (filtered !== null) {
      reasons.push({ code: 'filtered', by: target, through, filter: filtered });
    } else if (through === 'device' && waitsForRegistration(target) && reach.device.registeredAt === null) {
      reasons.push({ code: 'not-registered', by: target });
    } else {
      reasons.push({ code: 'included', by: target, through });
      included = true;
    }
  }
  if (!reached) reasons.push({ code: 'not-assigned' });
  return { applies: applies && included, reasons };
}

/** Whether a target names this device or its user. */
export function reachedThrough(
  target: AssignmentTarget,
  reach: Omit<AssignableReach, 'device'> & { readonly device: Pick<AssignableReach['device'], 'id'> | null },
): 'user' | 'device' | null {
  switch (target.kind) {
    case 'allUsers':
      return reach.user === null ? null : 'user';
    case 'allDevices':
      return reach.device === null ? null : 'device';
    case 'user':
      return reach.user?.id === target.userId ? 'user' : null;
    case 'device':
      return reach.device?.id === target.deviceId ? 'device' : null;
    case 'group':
      if (reach.userGroups.has(target.groupId)) return 'user';
      return reach.deviceGroups.has(target.groupId) ? 'device' : null;
  }
}

/** A single device was named on purpose: it is known already. */
function waitsForRegistration(target: AssignmentTarget): boolean {
  return target.kind === 'group' || target.kind === 'allDevices';
}

/** Null: the filter lets the device through. One that is gone or cannot be read lets nobody through, in either mode. */
function filteredBy(
  { filterId, mode }: NonNullable<Assignment['filter']>,
  { device }: Pick<AssignableReach, 'device'>,
  filters: Circumstances['filters'],
): FilteredReason['filter'] | null {
  const filter = filters.get(filterId);
  if (filter?.tree != null && evaluateFilter(filter.tree, device) === (mode === 'include')) return null;
  const rule = filter === undefined || filter.tree === null ? null : filter.rule;
  return { id: filterId, name: filter?.name ?? null, mode, rule };
}
