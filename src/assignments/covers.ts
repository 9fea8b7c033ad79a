/**
 * Whether one profile reaches every device that another one reaches, told from what is assigned alone: where it is so
 * nobody has to look at devices. False says nothing: those who are reached now may yet be the same.
 */
import type { Group, GroupId } from '../directory/group.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Assignment, AssignmentTarget } from './assignment.ts';
import { targetKey } from './target-key.ts';

export type AssignedProfile = { readonly profile: Profile; readonly assignments: readonly Assignment[] };

/** `kinds`: of groups that are there. */
export function covers(
  wide: AssignedProfile,
  narrow: AssignedProfile,
  kinds: ReadonlyMap<GroupId, Group['kind']>,
): boolean {
  const { includes, excludes } = partsOf(wide);
  const inner = partsOf(narrow);
  const excluded = new Set(inner.excludes.map(({ target }) => targetKey(target)));
  return (
    wide.profile.settings.platform === narrow.profile.settings.platform &&
    (rulesOf(wide) === null || rulesOf(wide) === rulesOf(narrow)) &&
    excludes.every(({ target }) => excluded.has(targetKey(target))) &&
    inner.includes.every((one) => reachedBy(one, includes, kinds))
  );
}

function partsOf({ assignments }: AssignedProfile) {
  const of = (mode: Assignment['mode']) => assignments.filter((assignment) => assignment.mode === mode);
  return { includes: of('include'), excludes: of('exclude') };
}

function rulesOf({ profile: { settings } }: AssignedProfile): string | null {
  const rules = 'applicabilityRules' in settings ? settings.applicabilityRules : undefined;
  return rules === undefined ? null : JSON.stringify(rules);
}

/** Whoever is included by `one` is included by another of these, which asks for no more. */
function reachedBy(
  { target, filter }: Assignment,
  includes: readonly Assignment[],
  kinds: ReadonlyMap<GroupId, Group['kind']>,
): boolean {
  const sameFilter = (other: Assignment['filter']) =>
    other === null || (filter !== null && other.filterId === filter.filterId && other.mode === filter.mode);
  const wider = includes.filter((other) => sameFilter(other.filter));
  if (wider.some((other) => targetKey(other.target) === targetKey(target))) return true;
  const within = everybodyAround(target, kinds);
  return within !== null && wider.some((other) => other.target.kind === within);
}

/** A single device is not waited for, as all devices are; people's groups hold only people, devices' only devices. */
function everybodyAround(
  target: AssignmentTarget,
  kinds: ReadonlyMap<GroupId, Group['kind']>,
): 'allUsers' | 'allDevices' | null {
  if (target.kind === 'user') return 'allUsers';
  const kind = target.kind === 'group' ? kinds.get(target.groupId) : undefined;
  return kind === undefined ? null : kind === 'user' ? 'allUsers' : 'allDevices';
}
