import type { Cause } from '../../events/event.ts';
import type { Device, DeviceId, SaidOfDevice } from '../device.ts';
import type { DeviceStore } from '../device-store.ts';
import { devicesOfMembers } from '../devices-of-members.ts';
import type { Group, GroupId, Membership } from '../group.ts';
import type { GroupStore } from '../group-store.ts';
import type { MembershipGraph } from '../membership-graph.ts';
import { sayOfDevice } from '../say-of-device.ts';
import { sayOfUser } from '../say-of-user.ts';
import type { User, UserFacts } from '../user.ts';
import type { UserStore } from '../user-store.ts';
import type { DirectoryIndex } from './directory-index.ts';
import { emptyCounts, type ImportCounts } from './import-counts.ts';
import type { ImportKind } from './import-fault.ts';
import type { ImportPlan } from './plan-import.ts';
import type { DeviceTarget } from './target.ts';

export type ImportProgress = { readonly kind: ImportKind; readonly done: number; readonly total: number };

export type ApplyImportDeps = {
  readonly users: Pick<UserStore, 'getMany' | 'save' | 'remove'>;
  readonly groups: Pick<GroupStore, 'get' | 'save' | 'remove' | 'members' | 'changeMembers'>;
  readonly devices: Pick<DeviceStore, 'getMany' | 'list' | 'save'>;
  readonly memberships: Pick<MembershipGraph, 'membersWithin'>;
  /** `lifecycle`'s, in the same transaction: a device that is pruned is deleted like any other. */
  readonly deleteDevices: (input: {
    readonly deviceIds: readonly DeviceId[];
    readonly cause: Cause;
  }) => Promise<number>;
};

export type ApplyImportInput = {
  readonly plan: ImportPlan;
  readonly index: DirectoryIndex;
  /** False: count only. */
  readonly write: boolean;
  /** Memberships that the files do not have go, for the groups that they do have. */
  readonly pruneMembers: boolean;
  /** ms. */
  readonly now: number;
  readonly onProgress: (progress: ImportProgress) => void;
  readonly cause: Cause;
};

export type AppliedImport = {
  readonly counts: Readonly<Record<ImportKind, ImportCounts>>;
  /** How many memberships the groups in the files had: what `pruned` ones are a share of. */
  readonly membershipsBefore: number;
  /** Devices that may now want something else. Complete only when written. */
  readonly touched: readonly DeviceId[];
};

const batchSize = 500;

/** Brings the directory to the plan, in the caller's transaction and in batches; or only counts. */
export async function applyImport(deps: ApplyImportDeps, input: ApplyImportInput): Promise<AppliedImport> {
  const touched = new Set<DeviceId>();
  const { plan, write } = input;
  const users = await applyUsers(deps, input, touched);
  const groups = await applyGroups(deps, input);
  const devices = await applyDevices(deps, input, touched);
  const { counts: members, before } = await applyMembers(deps, input, touched);
  if (write) await prune(deps, input, touched);
  return {
    counts: {
      users: { ...users, pruned: plan.prune.users.length },
      groups: { ...groups, pruned: plan.prune.groups.length },
      members,
      devices: { ...devices, pruned: plan.prune.devices.length },
    },
    membershipsBefore: before,
    touched: [...touched],
  };
}

async function applyUsers(
  deps: ApplyImportDeps,
  { plan, index, write, now, onProgress }: ApplyImportInput,
  touched: Set<DeviceId>,
): Promise<ImportCounts> {
  const tally = newTally();
  for (const batch of batches(plan.users)) {
    const ids = batch.filter(({ exists }) => exists).map(({ id }) => id);
    const known = byId(await deps.users.getMany(ids, 'to-change'));
    const saves: User[] = [];
    for (const { id, cells } of batch) {
      const before = known.get(id) ?? null;
      const said = { ...defined<UserFacts>(cells), userPrincipalName: cells.userPrincipalName ?? '' };
      const { user, changed } = sayOfUser({ known: before, id, said, source: 'csv', now });
      if (!tally.count(before === null, changed.length > 0)) continue;
      saves.push(user);
      for (const device of index.devicesOfUser.get(id) ?? []) touched.add(device);
    }
    if (write && saves.length > 0) await deps.users.save(saves);
    onProgress({ kind: 'users', done: tally.total(), total: plan.users.length });
  }
  return tally.counts();
}

/** Neither name nor description is in anybody's certificate: no device is touched. */
async function applyGroups(
  deps: ApplyImportDeps,
  { plan, write, now, onProgress }: ApplyImportInput,
): Promise<ImportCounts> {
  const tally = newTally();
  const saves: Group[] = [];
  for (const { id, exists, cells } of plan.groups) {
    const before = exists ? await deps.groups.get(id) : null;
    const said = { name: cells.groupName ?? '', kind: cells.kind ?? 'user' } as const;
    const description = cells.description === undefined ? (before?.description ?? '') : (cells.description ?? '');
    const changed = before?.name !== said.name || before.description !== description;
    if (!tally.count(before === null, changed)) continue;
    saves.push({ id, ...said, description, createdAt: before?.createdAt ?? now, updatedAt: now });
  }
  if (write && saves.length > 0) await deps.groups.save(saves);
  onProgress({ kind: 'groups', done: tally.total(), total: plan.groups.length });
  return tally.counts();
}

async function applyDevices(
  deps: ApplyImportDeps,
  { plan, write, now, onProgress }: ApplyImportInput,
  touched: Set<DeviceId>,
): Promise<ImportCounts> {
  const tally = newTally();
  for (const batch of batches(plan.devices)) {
    const ids = batch.filter(({ exists }) => exists).map(({ id }) => id);
    const known = byId(await deps.devices.getMany(ids, 'to-change'));
    const saves: Device[] = [];
    for (const target of batch) {
      const before = known.get(target.id) ?? null;
      const said = saidOfDevice(target);
      const { device, changed } = sayOfDevice({ known: before, id: target.id, said, source: 'csv', now });
      if (!tally.count(before === null, changed.length > 0)) continue;
      saves.push(device);
      touched.add(device.id);
    }
    if (write && saves.length > 0) await deps.devices.save(saves);
    onProgress({ kind: 'devices', done: tally.total(), total: plan.devices.length });
  }
  return tally.counts();
}

function saidOfDevice({ cells, primaryUserId }: DeviceTarget) {
  const { deviceName, platform, deviceId, primaryUser: _, ...others } = cells;
  return {
    ...defined<SaidOfDevice>(others),
    ...(deviceId === undefined ? {} : { managedDeviceId: deviceId }),
    ...(primaryUserId === undefined ? {} : { primaryUserId }),
    deviceName: deviceName ?? '',
    // Rows without a name or a platform are faults: none of them gets here.
    platform: platform ?? 'linux',
  };
}

async function applyMembers(
  deps: ApplyImportDeps,
  { plan, write, pruneMembers, onProgress }: ApplyImportInput,
  touched: Set<DeviceId>,
): Promise<{ readonly counts: ImportCounts; readonly before: number }> {
  const known = new Set(plan.groups.filter(({ exists }) => !exists).map(({ id }) => id));
  const groupIds = new Set<GroupId>([...plan.members.keys(), ...(pruneMembers ? plan.groups.map(({ id }) => id) : [])]);
  let [created, unchanged, pruned, before, done] = [0, 0, 0, 0, 0];
  for (const groupId of groupIds) {
    const wanted = plan.members.get(groupId) ?? new Map<string, Membership['member']>();
    const present = new Map<string, Membership>();
    for (const membership of known.has(groupId) ? [] : await deps.groups.members([groupId])) {
      present.set(`${membership.member.kind} ${membership.member.id}`, membership);
    }
    const add = [...wanted].filter(([key]) => !present.has(key)).map(([, member]) => ({ groupId, member }));
    const remove = pruneMembers ? [...present].filter(([key]) => !wanted.has(key)).map(([, had]) => had) : [];
    created += add.length;
    pruned += remove.length;
    unchanged += wanted.size - add.length;
    before += present.size;
    if (write && add.length + remove.length > 0) {
      const members = [...add, ...remove].map(({ member }) => member);
      await deps.groups.changeMembers({ add, remove });
      for (const device of await devicesOfMembers(deps, members)) touched.add(device);
    }
    onProgress({ kind: 'members', done: ++done, total: groupIds.size });
  }
  return { counts: { ...emptyCounts, created, unchanged, pruned }, before };
}

async function prune(
  deps: ApplyImportDeps,
  { plan, index, cause }: ApplyImportInput,
  touched: Set<DeviceId>,
): Promise<void> {
  for (const id of plan.prune.users) for (const device of index.devicesOfUser.get(id) ?? []) touched.add(device);
  const groups = plan.prune.groups.map((id) => ({ kind: 'group', id }) as const);
  for (const device of await devicesOfMembers(deps, groups)) touched.add(device);
  if (plan.prune.users.length > 0) await deps.users.remove(plan.prune.users);
  if (plan.prune.groups.length > 0) await deps.groups.remove(plan.prune.groups);
  if (plan.prune.devices.length > 0) await deps.deleteDevices({ deviceIds: plan.prune.devices, cause });
}

/** The cells as facts: their names are the same, and absent ones are not said. */
function defined<Facts>(cells: { readonly [Name in keyof Facts]?: Facts[Name] | null | undefined }): Partial<Facts> {
  return cells as Partial<Facts>;
}

function newTally() {
  let [created, updated, unchanged] = [0, 0, 0];
  return {
    /** Answers whether there is something to write. */
    count(isNew: boolean, isChanged: boolean): boolean {
      if (isNew) created++;
      else if (isChanged) updated++;
      else unchanged++;
      return isNew || isChanged;
    },
    total: () => created + updated + unchanged,
    counts: (): ImportCounts => ({ ...emptyCounts, created, updated, unchanged }),
  };
}

function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += batchSize) yield items.slice(at, at + batchSize);
}
