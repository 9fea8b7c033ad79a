import type { Cause } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import { fieldChanges } from '../../events/field-change.ts';
import { nextTask } from '../../lib/next-task.ts';
import type { Device, DeviceId, SaidOfDevice } from '../device.ts';
import type { DeviceStore } from '../device-store.ts';
import { devicesOfMembers } from '../devices-of-members.ts';
import type { Group, GroupId, Member, Membership } from '../group.ts';
import type { GroupStore } from '../group-store.ts';
import type { MembershipGraph } from '../membership-graph.ts';
import { sayOfDevice } from '../say-of-device.ts';
import { sayOfUser } from '../say-of-user.ts';
import type { User, UserFacts } from '../user.ts';
import type { UserStore } from '../user-store.ts';
import type { deviceColumns, groupColumns, userColumns } from './columns.ts';
import type { DirectoryIndex } from './directory-index.ts';
import { importChanges } from './import-changes.ts';
import { emptyCounts, type ImportCounts } from './import-counts.ts';
import type { ImportKind } from './import-fault.ts';
import { type ImportPreview, type PlannedChange, shownChanges } from './import-preview.ts';
import type { WantedOfGroup } from './match-members.ts';
import type { ImportPlan } from './plan-import.ts';
import type { Cells, Columns, TableRow } from './read-table.ts';
import type { DeviceTarget, Target } from './target.ts';

/** `reading`: bytes of the files; the kinds: their rows, but groups for `members`. */
export type ImportProgress = {
  readonly step: 'reading' | 'comparing' | ImportKind;
  readonly done: number;
  readonly total: number;
};

export type ApplyImportDeps = {
  readonly events: Pick<EventLog, 'append'>;
  readonly users: Pick<UserStore, 'getMany' | 'save' | 'remove'>;
  readonly groups: Pick<GroupStore, 'get' | 'save' | 'remove' | 'members' | 'changeMembers'>;
  readonly devices: Pick<DeviceStore, 'getMany' | 'save'>;
  readonly memberships: Pick<MembershipGraph, 'devicesOf'>;
  /** `lifecycle`'s, in the same transaction: a device that is pruned is deleted like any other. */
  readonly deleteDevices: (input: {
    readonly deviceIds: readonly DeviceId[];
    readonly cause: Cause;
  }) => Promise<number>;
};

type Rows<C extends Columns> = AsyncIterable<readonly TableRow<C>[]>;

export type ApplyImportInput = {
  readonly plan: ImportPlan;
  readonly index: DirectoryIndex;
  /** The same rows that the plan was made from, in the same order: each file is read once more. */
  readonly rows: {
    users(): Rows<typeof userColumns>;
    groups(): Rows<typeof groupColumns>;
    devices(): Rows<typeof deviceColumns>;
  };
  /** False: count only. */
  readonly write: boolean;
  /** Is told what changes; null: nobody wants to know. */
  readonly preview: ImportPreview | null;
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
  /** What `preview` was told. */
  readonly changes: readonly PlannedChange[];
};

const batchSize = 500;

/** Brings the directory to the plan, in the caller's transaction and in batches; or only counts. */
export async function applyImport(deps: ApplyImportDeps, input: ApplyImportInput): Promise<AppliedImport> {
  const touched = new Set<DeviceId>();
  const { plan, write, preview } = input;
  const users = await applyUsers(deps, input, touched);
  const groups = await applyGroups(deps, input);
  const devices = await applyDevices(deps, input, touched);
  const { counts: members, before } = await applyMembers(
    deps,
    input,
    touched,
    input.index.devices.length + devices.created,
  );
  if (write) await prune(deps, input, touched);
  if (preview !== null) await previewPrune(deps, input, preview);
  return {
    counts: {
      users: { ...users, pruned: plan.prune.users.length },
      groups: { ...groups, pruned: plan.prune.groups.length },
      members,
      devices: { ...devices, pruned: plan.prune.devices.length },
    },
    membershipsBefore: before,
    touched: [...touched],
    changes: preview === null ? [] : await preview.changes(deps, newNames(input)),
  };
}

async function applyUsers(
  deps: ApplyImportDeps,
  { plan, index, rows, write, preview, now, onProgress, cause }: ApplyImportInput,
  touched: Set<DeviceId>,
): Promise<ImportCounts> {
  const tally = newTally();
  for await (const batch of batches(plan.users, rows.users())) {
    const known = byId(await deps.users.getMany(existing(batch), 'to-change'));
    const saves: User[] = [];
    const changes = importChanges('user', cause);
    for (const { id, cells } of batch) {
      const before = known.get(id) ?? null;
      const said = { ...defined<UserFacts>(cells), userPrincipalName: cells.userPrincipalName ?? '' };
      const { user, changed } = sayOfUser({ known: before, id, said, source: 'csv', now });
      if (!tally.count(before === null, changed.length > 0)) continue;
      saves.push(user);
      const fields = before && fieldChanges(before, user, changed);
      changes.add({ id, name: user.userPrincipalName }, fields);
      preview?.add('users', before === null ? 'created' : 'updated', user.userPrincipalName, fields ?? []);
      for (const device of index.devicesOfUser.get(id) ?? []) touched.add(device);
    }
    if (write && saves.length > 0) {
      await deps.users.save(saves);
      await deps.events.append(changes.events());
    }
    onProgress({ step: 'users', done: tally.total(), total: plan.users.length });
    await nextTask();
  }
  return tally.counts();
}

/** Neither name nor description is in anybody's certificate: no device is touched. */
async function applyGroups(
  deps: ApplyImportDeps,
  { plan, rows, write, preview, now, onProgress, cause }: ApplyImportInput,
): Promise<ImportCounts> {
  const tally = newTally();
  for await (const batch of batches(plan.groups, rows.groups())) {
    const saves: Group[] = [];
    const changes = importChanges('group', cause);
    for (const { id, exists, cells } of batch) {
      const before = exists ? await deps.groups.get(id) : null;
      const said = { name: cells.groupName ?? '', kind: cells.kind ?? 'user' } as const;
      const description = cells.description === undefined ? (before?.description ?? '') : (cells.description ?? '');
      const changed = before?.name !== said.name || before.description !== description;
      if (!tally.count(before === null, changed)) continue;
      const group: Group = { id, ...said, description, createdAt: before?.createdAt ?? now, updatedAt: now };
      saves.push(group);
      const fields = before && fieldChanges(before, group, ['name', 'description']);
      changes.add(group, fields);
      preview?.add('groups', before === null ? 'created' : 'updated', group.name, fields ?? []);
    }
    if (write && saves.length > 0) {
      await deps.groups.save(saves);
      await deps.events.append(changes.events());
    }
    onProgress({ step: 'groups', done: tally.total(), total: plan.groups.length });
    await nextTask();
  }
  return tally.counts();
}

async function applyDevices(
  deps: ApplyImportDeps,
  { plan, rows, write, preview, now, onProgress, cause }: ApplyImportInput,
  touched: Set<DeviceId>,
): Promise<ImportCounts> {
  const tally = newTally();
  for await (const batch of batches<DeviceTarget, typeof deviceColumns>(plan.devices, rows.devices())) {
    const known = byId(await deps.devices.getMany(existing(batch), 'to-change'));
    const saves: Device[] = [];
    const changes = importChanges('device', cause);
    for (const target of batch) {
      const before = known.get(target.id) ?? null;
      const said = saidOfDevice(target);
      const { device, changed } = sayOfDevice({ known: before, id: target.id, said, source: 'csv', now });
      if (!tally.count(before === null, changed.length > 0)) continue;
      saves.push(device);
      const fields = before && fieldChanges(before, device, changed);
      changes.add({ id: target.id, name: device.deviceName }, fields);
      preview?.add('devices', before === null ? 'created' : 'updated', device.deviceName, fields ?? []);
      touched.add(target.id);
    }
    if (write && saves.length > 0) {
      await deps.devices.save(saves);
      await deps.events.append(changes.events());
    }
    onProgress({ step: 'devices', done: tally.total(), total: plan.devices.length });
    await nextTask();
  }
  return tally.counts();
}

function saidOfDevice({ cells, primaryUserId }: DeviceTarget & { readonly cells: Cells<typeof deviceColumns> }) {
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
  { plan, write: writes, preview, pruneMembers, onProgress }: ApplyImportInput,
  touched: Set<DeviceId>,
  devices: number,
): Promise<{ readonly counts: ImportCounts; readonly before: number }> {
  const isNew = new Set(plan.groups.filter(({ exists }) => !exists).map(({ id }) => id));
  const groupIds = new Set<GroupId>([...plan.members.keys(), ...(pruneMembers ? plan.groups.map(({ id }) => id) : [])]);
  const changed = new Map<string, Member>();
  let change = newChange();
  const write = async () => {
    if (writes) await deps.groups.changeMembers(change);
    // When all devices are new nobody need look for more.
    if (writes && touched.size < devices)
      for (const { member } of [...change.add, ...change.remove]) changed.set(member.id, member);
    change = newChange();
  };
  let [created, unchanged, pruned, before, done] = [0, 0, 0, 0, 0];
  for (const groupId of groupIds) {
    const wanted = membersOf(plan.members.get(groupId));
    const present = isNew.has(groupId) ? [] : await deps.groups.members([groupId]);
    const there = new Set(present.map(({ member }) => member.id));
    const add = wanted.filter(({ id }) => !there.has(id));
    const ids = new Set(pruneMembers ? wanted.map(({ id }) => id) : []);
    const remove = pruneMembers ? present.filter(({ member }) => !ids.has(member.id)) : [];
    created += add.length;
    pruned += remove.length;
    unchanged += wanted.length - add.length;
    before += present.length;
    for (const member of add) change.add.push({ groupId, member });
    for (const membership of remove) change.remove.push(membership);
    for (const member of add.slice(0, shownChanges)) preview?.addMember('created', { groupId, member });
    for (const membership of remove.slice(0, shownChanges)) preview?.addMember('removed', membership);
    if (change.add.length + change.remove.length >= membersAtOnce) await write();
    onProgress({ step: 'members', done: ++done, total: groupIds.size });
    await nextTask();
  }
  await write();
  if (touched.size < devices)
    for (const device of await devicesOfMembers(deps, [...changed.values()])) touched.add(device);
  return { counts: { ...emptyCounts, created, unchanged, pruned }, before };
}

/** Of many groups together: in the order of members they fill an index far faster than group by group. */
const membersAtOnce = 25_000;

function newChange(): { add: Membership[]; remove: Membership[] } {
  return { add: [], remove: [] };
}

/** Each once. */
function membersOf(wanted: WantedOfGroup | undefined): readonly Member[] {
  if (wanted === undefined) return [];
  const each = (ids: readonly string[], kind: Member['kind']) => [...new Set(ids)].map((id) => ({ kind, id }));
  return [...each(wanted.own, wanted.kind), ...each(wanted.groups, 'group')];
}

async function prune(
  deps: ApplyImportDeps,
  { plan, index, cause }: ApplyImportInput,
  touched: Set<DeviceId>,
): Promise<void> {
  for (const id of plan.prune.users) for (const device of index.devicesOfUser.get(id) ?? []) touched.add(device);
  const groups = plan.prune.groups.map((id) => ({ kind: 'group', id }) as const);
  for (const device of await devicesOfMembers(deps, groups)) touched.add(device);
  await sayWhatGoes(deps, { plan, index, cause });
  if (plan.prune.users.length > 0) await deps.users.remove(plan.prune.users);
  if (plan.prune.groups.length > 0) await deps.groups.remove(plan.prune.groups);
  if (plan.prune.devices.length > 0) await deps.deleteDevices({ deviceIds: plan.prune.devices, cause });
}

async function previewPrune(
  { users, devices }: Pick<ApplyImportDeps, 'users' | 'devices'>,
  { plan, index }: Pick<ApplyImportInput, 'plan' | 'index'>,
  preview: ImportPreview,
): Promise<void> {
  const gone = await users.getMany(plan.prune.users.slice(0, shownChanges));
  for (const { userPrincipalName } of gone) preview.add('users', 'removed', userPrincipalName);
  const groups = new Set(plan.prune.groups);
  for (const { id, name } of [...index.groups.values()].flat())
    if (groups.has(id)) preview.add('groups', 'removed', name);
  const lost = await devices.getMany(plan.prune.devices.slice(0, shownChanges));
  for (const { deviceName } of lost) preview.add('devices', 'removed', deviceName);
}

/** The files once more, for what things are called that do not exist yet. */
function newNames({ plan, rows }: Pick<ApplyImportInput, 'plan' | 'rows'>) {
  return {
    users: () => named(batches(plan.users, rows.users()), ({ userPrincipalName }) => userPrincipalName),
    groups: () => named(batches(plan.groups, rows.groups()), ({ groupName }) => groupName),
    devices: () => named(batches(plan.devices, rows.devices()), ({ deviceName }) => deviceName),
  };
}

async function* named<Row>(
  some: AsyncIterable<readonly { readonly id: string; readonly cells: Row }[]>,
  nameOf: (cells: Row) => string | null | undefined,
) {
  for await (const batch of some) yield batch.map(({ id, cells }) => ({ id, name: nameOf(cells) ?? id }));
}

/** Of devices `deleteDevices` says it. */
async function sayWhatGoes(
  deps: ApplyImportDeps,
  { plan, index, cause }: Pick<ApplyImportInput, 'plan' | 'index' | 'cause'>,
): Promise<void> {
  for (let at = 0; at < plan.prune.users.length; at += batchSize) {
    const changes = importChanges('user', cause);
    for (const { id, userPrincipalName } of await deps.users.getMany(plan.prune.users.slice(at, at + batchSize)))
      changes.remove({ id, name: userPrincipalName });
    await deps.events.append(changes.events());
  }
  if (plan.prune.groups.length === 0) return;
  const gone = new Set(plan.prune.groups);
  const changes = importChanges('group', cause);
  for (const group of [...index.groups.values()].flat()) if (gone.has(group.id)) changes.remove(group);
  await deps.events.append(changes.events());
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

function existing<Id extends string>(batch: readonly Target<Id>[]): readonly Id[] {
  return batch.filter(({ exists }) => exists).map(({ id }) => id);
}

function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

/** Each target with what its row says. A file that has changed since the plan was made is none of ours: it fails. */
async function* batches<T extends Target<string>, C extends Columns>(
  targets: readonly T[],
  rows: Rows<C>,
): AsyncGenerator<readonly (T & { readonly cells: Cells<C> })[]> {
  let batch: (T & { readonly cells: Cells<C> })[] = [];
  let at = 0;
  for await (const some of rows) {
    for (const { cells } of some) {
      const target = targets[at++];
      if (target === undefined) throw new Error('A file to import has changed while it was imported.');
      batch.push({ ...target, cells });
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
  }
  if (at !== targets.length) throw new Error('A file to import has changed while it was imported.');
  if (batch.length > 0) yield batch;
}
