/**
 * Users, groups, memberships and devices from CSV files: all of it or, when anything is wrong, nothing and every fault.
 * Rows add and change, never remove; what left the files is removed only by an explicit, limited `prune`.
 */
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { DeviceStore } from './device-store.ts';
import type { DirtyQueue } from './dirty-queue.ts';
import type { GroupId } from './group.ts';
import type { GroupStore } from './group-store.ts';
import { type GroupUses, groupInUseText } from './group-uses.ts';
import { type ApplyImportDeps, applyImport, type ImportProgress } from './import/apply-import.ts';
import { deviceColumns, groupColumns, keptColumns, memberColumns, userColumns } from './import/columns.ts';
import { type DirectoryIndex, loadDirectoryIndex } from './import/directory-index.ts';
import { changedAnything, type ImportCounts } from './import/import-counts.ts';
import {
  type Faults,
  type ImportFault,
  type ImportKind,
  importFiles,
  newFaults,
  type RowFault,
  shownFaults,
} from './import/import-fault.ts';
import type { ImportFile } from './import/import-file.ts';
import { importPreview, type PlannedChange } from './import/import-preview.ts';
import { type ImportPlan, type ImportTables, planImport } from './import/plan-import.ts';
import { type Columns, placed, readRows, tableReader } from './import/read-table.ts';
import { interning, readTable } from './import/table.ts';
import type { MembershipGraph } from './membership-graph.ts';
import type { UserStore } from './user-store.ts';

export type ImportDirectoryDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly users: UserStore;
  readonly groups: GroupStore;
  readonly groupUses: GroupUses;
  readonly devices: DeviceStore;
  readonly memberships: MembershipGraph;
  readonly dirtyQueue: DirtyQueue;
  readonly deleteDevices: ApplyImportDeps['deleteDevices'];
};

export type ImportDirectoryInput = {
  /** Null for those that there are not. Each is read twice, and held by nobody. */
  readonly files: Readonly<Record<ImportKind, ImportFile | null>>;
  /** `plan` counts what `apply` would do, and shows it. */
  readonly mode: 'plan' | 'apply';
  /**
   * Removes users, devices and groups that are in the files no more (users and devices only if a file brought them), and
   * memberships of the groups in the files. Refused when that is more than `limit` percent of a kind, or a group in use.
   */
  readonly prune: { readonly limit: number } | null;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly cause: Cause;
};

/** Devices that are touched: with fewer the directory is much as it was. */
const many = 1000;

/** Percent of a kind that may go without being asked for by number. */
export const defaultPruneLimit = 10;

export type ImportDirectoryResult =
  | { readonly kind: 'imported'; readonly counts: Readonly<Record<ImportKind, ImportCounts>> }
  /** `changes`: the first of each sort, `shownChanges` at most. */
  | {
      readonly kind: 'planned';
      readonly counts: Readonly<Record<ImportKind, ImportCounts>>;
      readonly changes: readonly PlannedChange[];
    }
  /** `faults`: the first `shownFaults` of all, by file and place. */
  | { readonly kind: 'refused'; readonly total: number; readonly faults: readonly ImportFault[] }
  /** Nothing was written. `exceeding` are the kinds of which too much would go, with percent. */
  | {
      readonly kind: 'prune-refused';
      readonly counts: Readonly<Record<ImportKind, ImportCounts>>;
      readonly exceeding: readonly { readonly kind: ImportKind; readonly percent: number }[];
    };

/** Fails with `nothing-to-import` when no file is given; all else that can be wrong with files is in the result. */
export async function importDirectory(
  deps: ImportDirectoryDeps,
  input: ImportDirectoryInput,
): Promise<ImportDirectoryResult> {
  const { files } = input;
  if (Object.values(files).every((file) => file === null)) {
    const names = Object.values(importFiles).join(', ');
    throw new Failure('invalid', 'nothing-to-import', `There is none of the files ${names}.`, { files: names });
  }
  const read = await readSound(input);
  if ('refused' in read) return refused(read.refused);
  return deps.transact(() => importTables(deps, input, read.take));
}

/**
 * `take` hands the tables out once: they serve the plan alone, and are held by nobody while the rows are written, which needs
 * most memory of all.
 */
async function readSound(
  input: ImportDirectoryInput,
): Promise<{ readonly take: () => ImportTables } | { readonly refused: readonly Faults[] }> {
  let tables: ImportTables | null = await readTables(input);
  if (everyTable(tables).some(({ sound }) => !sound))
    return { refused: everyTable(tables).map(({ faults }) => faults) };
  return {
    take() {
      const taken = tables;
      tables = null;
      if (taken === null) throw new Error('The tables of an import are taken once.');
      return taken;
    },
  };
}

async function readTables({ files, onProgress }: ImportDirectoryInput): Promise<ImportTables> {
  const total = Object.values(files).reduce((sum, file) => sum + (file?.size ?? 0), 0);
  let done = 0;
  const interned = interning();
  const onBytes = (count: number) => {
    done += count;
    onProgress?.({ step: 'reading', done, total });
  };
  const read = <C extends Columns>(kind: ImportKind, columns: C, kept: readonly (keyof C & string)[]) => {
    const file = files[kind];
    return file === null ? null : readTable(kind, file, columns, kept, { onBytes, interned });
  };
  return {
    users: await read('users', userColumns, keptColumns.users),
    groups: await read('groups', groupColumns, keptColumns.groups),
    devices: await read('devices', deviceColumns, keptColumns.devices),
    members: await read('members', memberColumns, keptColumns.members),
  };
}

async function importTables(
  deps: ImportDirectoryDeps,
  input: ImportDirectoryInput,
  take: () => ImportTables,
): Promise<ImportDirectoryResult> {
  const onProgress = input.onProgress ?? (() => undefined);
  onProgress({ step: 'comparing', done: 0, total: 1 });
  const index = await loadDirectoryIndex(deps);
  const { plan, found } = await compare(deps, input, index, take);
  onProgress({ step: 'comparing', done: 1, total: 1 });
  if (found.some((some) => some.count() > 0)) return refused(found);
  const work = {
    plan,
    index,
    rows: {
      users: () => rowsAgain('users', input.files.users, userColumns),
      groups: () => rowsAgain('groups', input.files.groups, groupColumns),
      devices: () => rowsAgain('devices', input.files.devices, deviceColumns),
    },
    pruneMembers: input.prune !== null && input.files.members !== null,
    now: deps.clock.now(),
    cause: input.cause,
    onProgress,
  };
  if (input.mode === 'plan' || input.prune !== null) {
    const plans = input.mode === 'plan';
    const { counts, membershipsBefore, changes } = await applyImport(deps, {
      ...work,
      onProgress: plans ? onProgress : () => undefined,
      preview: plans ? importPreview() : null,
      write: false,
    });
    const exceeding = tooMuch(counts, { ...sizesOf(index), members: membershipsBefore }, input.prune);
    if (exceeding.length > 0) return { kind: 'prune-refused', counts, exceeding };
    if (plans) return { kind: 'planned', counts, changes };
  }
  const { counts, touched } = await applyImport(deps, { ...work, preview: null, write: true });
  if (Object.values(counts).some(changedAnything)) {
    if (touched.length >= many) await deps.memberships.refresh();
    await deps.dirtyQueue.mark(touched);
    await deps.events.append([{ type: 'directory.imported', cause: input.cause, subjects: [], data: { counts } }]);
  }
  return { kind: 'imported', counts };
}

/** The plan, and every fault that there is; with one the plan is good for nothing. */
async function compare(
  deps: ImportDirectoryDeps,
  input: ImportDirectoryInput,
  index: DirectoryIndex,
  take: () => ImportTables,
): Promise<{ readonly plan: ImportPlan; readonly found: Parameters<typeof refused>[0] }> {
  const tables = take();
  const faults: Record<ImportKind, Faults<RowFault>> = {
    users: newFaults(),
    groups: newFaults(),
    members: newFaults(),
    devices: newFaults(),
  };
  const plan = await planImport(tables, index, { prune: input.prune !== null, newId: () => newId(deps.clock), faults });
  const found = [
    ...everyTable(tables).map((table) => table.faults),
    ...(await placedFaults(input, faults)),
    await usedGroups(deps.groupUses, index, plan.prune.groups),
  ];
  return { plan, found };
}

/** Groups that would go and are in use. What is not in a file has no place there: it is told at its beginning. */
async function usedGroups(groupUses: GroupUses, index: DirectoryIndex, gone: readonly GroupId[]): Promise<Faults> {
  const faults = newFaults();
  if (gone.length === 0) return faults;
  const used = await groupUses(gone);
  for (const { id, name } of [...index.groups.values()].flat()) {
    const uses = used.get(id);
    if (uses === undefined) continue;
    const detail = `${groupInUseText(name, uses)} Or keep it in the file.`;
    faults.push({ file: importFiles.groups, line: 1, column: 1, code: 'group-in-use', detail });
  }
  return faults;
}

/** Once they were found to be without faults. */
async function* rowsAgain<C extends Columns>(kind: ImportKind, file: ImportFile | null, columns: C) {
  if (file !== null) yield* readRows(file, tableReader(importFiles[kind], columns, newFaults()));
}

type Sizes = Readonly<Record<ImportKind, number>>;

function sizesOf(index: DirectoryIndex): Omit<Sizes, 'members'> {
  const groups = [...index.groups.values()].reduce((sum, sameName) => sum + sameName.length, 0);
  return { users: index.users.size, groups, devices: index.devices.length };
}

function tooMuch(counts: Readonly<Record<ImportKind, ImportCounts>>, sizes: Sizes, limits: { limit: number } | null) {
  const kinds = Object.keys(importFiles) as ImportKind[];
  return kinds.flatMap((kind) => {
    const percent = sizes[kind] === 0 ? 0 : (100 * counts[kind].pruned) / sizes[kind];
    return limits !== null && percent > limits.limit ? [{ kind, percent: Math.round(percent * 10) / 10 }] : [];
  });
}

function everyTable(tables: ImportTables) {
  return Object.values(tables).filter((table) => table !== null);
}

const columnsOf = { users: userColumns, groups: groupColumns, members: memberColumns, devices: deviceColumns };

async function placedFaults(
  { files }: ImportDirectoryInput,
  faults: Readonly<Record<ImportKind, Faults<RowFault>>>,
): Promise<readonly Pick<Faults, 'first' | 'count'>[]> {
  const found: Pick<Faults, 'first' | 'count'>[] = [];
  for (const [kind, some] of Object.entries(faults) as [ImportKind, Faults<RowFault>][]) {
    const file = files[kind];
    if (file === null || some.count() === 0) continue;
    const first = await placed<Columns>(importFiles[kind], file, columnsOf[kind], some.first());
    found.push({ first: () => first, count: some.count });
  }
  return found;
}

function refused(lists: readonly Pick<Faults, 'first' | 'count'>[]): ImportDirectoryResult {
  const faults = lists.flatMap((list) => list.first());
  faults.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column));
  const total = lists.reduce((sum, list) => sum + list.count(), 0);
  return { kind: 'refused', total, faults: faults.slice(0, shownFaults) };
}
