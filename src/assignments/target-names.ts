/** Assignments as documents write them, by name, and as they are stored, by id. */
import type { DeviceId } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { GroupId } from '../directory/group.ts';
import type { GroupStore } from '../directory/group-store.ts';
import type { UserId } from '../directory/user.ts';
import type { UserStore } from '../directory/user-store.ts';
import { Failure } from '../lib/failure.ts';
import { isId } from '../lib/ids.ts';
import type { DraftAssignment, DraftTarget } from '../profiles/profile-draft.ts';
import type { AssignmentFilter, AssignmentTarget } from './assignment.ts';
import type { FilterId } from './filter/filter.ts';
import type { FilterStore } from './filter/filter-store.ts';
import type { NewAssignment } from './new-assignment.ts';

export type TargetNames = {
  readonly users: Pick<UserStore, 'get' | 'findByPrincipalName'>;
  readonly groups: Pick<GroupStore, 'get' | 'findByName'>;
  readonly devices: Pick<DeviceStore, 'get' | 'findByName'>;
  readonly filters: Pick<FilterStore, 'get' | 'findByName'>;
};

/** Names or ids become ids. Failures: `target-not-found`, `filter-not-found`, `ambiguous-name` with `params.candidates`. */
export async function assignmentsFromDraft(
  deps: TargetNames,
  drafts: readonly DraftAssignment[],
): Promise<readonly NewAssignment[]> {
  const assignments: NewAssignment[] = [];
  for (const { mode, target, filter } of drafts)
    assignments.push({
      mode,
      target: await targetFromDraft(deps, target),
      filter: filter === undefined ? null : await filterFromDraft(deps, filter),
    });
  return assignments;
}

/** Ids become names, but stay ids where a name would mean several. A target that is gone is left out. */
export async function draftFromAssignments(
  deps: TargetNames,
  assignments: readonly NewAssignment[],
): Promise<readonly DraftAssignment[]> {
  const drafts: DraftAssignment[] = [];
  for (const { mode, target, filter = null } of assignments) {
    const draft = await draftFromTarget(deps, target);
    if (draft === null) continue;
    // The id of a filter that is gone is kept: without it the same assignment would reach more.
    const name = filter === null ? null : ((await deps.filters.get(filter.filterId))?.name ?? filter.filterId);
    drafts.push({
      mode,
      target: draft,
      ...(filter !== null && name !== null && { filter: { mode: filter.mode, name } }),
    });
  }
  return drafts;
}

async function filterFromDraft(
  { filters }: TargetNames,
  { mode, name }: NonNullable<DraftAssignment['filter']>,
): Promise<AssignmentFilter> {
  const filter = (isId(name) ? await filters.get(name as FilterId) : null) ?? (await filters.findByName(name));
  if (filter === null)
    throw new Failure('invalid', 'filter-not-found', `There is no filter “${name}”.`, { kind: 'filter', name });
  return { filterId: filter.id, mode };
}

async function targetFromDraft(deps: TargetNames, target: DraftTarget): Promise<AssignmentTarget> {
  switch (target.kind) {
    case 'allUsers':
    case 'allDevices':
      return target;
    case 'group': {
      const { get, findByName } = deps.groups;
      const group = await theOne('group', target.name, (id) => get(id as GroupId), findByName);
      return { kind: 'group', groupId: group.id };
    }
    case 'user': {
      const { get, findByPrincipalName } = deps.users;
      const named = async (name: string) => [await findByPrincipalName(name)].filter((user) => user !== null);
      const user = await theOne('user', target.userPrincipalName, (id) => get(id as UserId), named);
      return { kind: 'user', userId: user.id };
    }
    case 'device': {
      const { get, findByName } = deps.devices;
      const device = await theOne('device', target.deviceName, (id) => get(id as DeviceId), findByName);
      return { kind: 'device', deviceId: device.id };
    }
  }
}

async function theOne<T extends { readonly id: string }>(
  kind: string,
  name: string,
  get: (id: string) => Promise<T | null>,
  find: (name: string) => Promise<readonly T[]>,
): Promise<T> {
  const known = isId(name) ? await get(name) : null;
  if (known !== null) return known;
  const [found, ...others] = await find(name);
  if (found === undefined)
    throw new Failure('invalid', 'target-not-found', `There is no ${kind} “${name}” to assign to.`, { kind, name });
  if (others.length === 0) return found;
  const candidates = [found, ...others].map(({ id }) => ({ id, name, detail: kind }));
  const message = `${candidates.length} ${kind}s are called “${name}”. Say which by its id.`;
  throw new Failure('conflict', 'ambiguous-name', message, { kind, name, candidates });
}

async function draftFromTarget(deps: TargetNames, target: AssignmentTarget): Promise<DraftTarget | null> {
  switch (target.kind) {
    case 'allUsers':
    case 'allDevices':
      return target;
    case 'group': {
      const group = await deps.groups.get(target.groupId);
      if (group === null) return null;
      const alone = (await deps.groups.findByName(group.name)).length === 1;
      return { kind: 'group', name: alone ? group.name : group.id };
    }
    case 'user': {
      const user = await deps.users.get(target.userId);
      return user && { kind: 'user', userPrincipalName: user.userPrincipalName };
    }
    case 'device': {
      const device = await deps.devices.get(target.deviceId);
      if (device === null) return null;
      const alone = (await deps.devices.findByName(device.deviceName)).length === 1;
      return { kind: 'device', deviceName: alone ? device.deviceName : device.id };
    }
  }
}
