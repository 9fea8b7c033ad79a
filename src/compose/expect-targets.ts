import type { Scope } from '../access/principal.ts';
import { effectiveScopeTags, scopeTagKey } from '../access/scope-tag.ts';
import { viewerNowOrNull } from '../access/viewing.ts';
import type { Assignment, AssignmentTarget } from '../assignments/assignment.ts';
import { targetKey } from '../assignments/target-key.ts';
import { Failure } from '../lib/failure.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Store } from '../store/store.ts';

/**
 * Whoever assigns may add and take only targets within the scope groups of a grant that lets them assign this profile,
 * exclusions too (intune-domain 4.8). What stays as it was is nobody's doing. Failure `target-out-of-scope`.
 */
export async function expectTargets(
  { profiles, scopeTags, memberships }: Pick<Store, 'profiles' | 'scopeTags' | 'memberships'>,
  profileId: ProfileId,
  before: readonly Assignment[],
  after: readonly Assignment[],
): Promise<void> {
  const viewer = viewerNowOrNull();
  if (viewer === null || viewer.assigns.some(isEverywhere)) return;
  const ids = (some: readonly Assignment[]) => new Set(some.map(({ id }) => id));
  const [was, is] = [ids(before), ids(after)];
  const changed = [...before.filter(({ id }) => !is.has(id)), ...after.filter(({ id }) => !was.has(id))];
  if (changed.length === 0) return;
  const tags = await scopeTags.all();
  const carried = new Set(effectiveScopeTags((await profiles.get(profileId))?.scopeTags ?? []).map(scopeTagKey));
  const groups = viewer.assigns
    .filter(
      ({ scopeTags: own }) =>
        own === 'all' || tags.some(({ id, name }) => own.includes(id) && carried.has(scopeTagKey(name))),
    )
    .map(({ scopeGroups }) => scopeGroups);
  if (groups.includes('all')) return;
  const allowed = new Set(groups.flatMap((some) => (some === 'all' ? [] : some)));
  for (const target of new Map(changed.map(({ target }) => [targetKey(target), target])).values()) {
    const member = memberOf(target);
    if (member === null) throw outOfScope(target);
    const within = [member.id, ...(await memberships.groupsOf(member))];
    if (!within.some((id) => allowed.has(id))) throw outOfScope(target);
  }
}

function isEverywhere({ scopeTags, scopeGroups }: Scope): boolean {
  return scopeTags === 'all' && scopeGroups === 'all';
}

/** Null: everybody is in no group. */
function memberOf(target: AssignmentTarget) {
  if (target.kind === 'group') return { kind: 'group', id: target.groupId } as const;
  if (target.kind === 'user') return { kind: 'user', id: target.userId } as const;
  return target.kind === 'device' ? ({ kind: 'device', id: target.deviceId } as const) : null;
}

function outOfScope(target: AssignmentTarget): Failure {
  const words = {
    allUsers: 'all users',
    allDevices: 'all devices',
    group: 'this group',
    user: 'this user',
    device: 'this device',
  };
  return new Failure(
    'forbidden',
    'target-out-of-scope',
    `You cannot assign to or take from ${words[target.kind]}: it is not within your scope groups.`,
    { target },
  );
}
