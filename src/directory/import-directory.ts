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
import type { GroupStore } from './group-store.ts';
import { type ApplyImportDeps, applyImport, type ImportProgress } from './import/apply-import.ts';
import { deviceColumns, groupColumns, memberColumns, userColumns } from './import/columns.ts';
import { type DirectoryIndex, loadDirectoryIndex } from './import/directory-index.ts';
import { changedAnything, type ImportCounts } from './import/import-counts.ts';
import { type ImportFault, type ImportKind, importFiles } from './import/import-fault.ts';
import { type ImportTables, planImport } from './import/plan-import.ts';
import { readTable } from './import/read-table.ts';
import type { MembershipGraph } from './membership-graph.ts';
import type { UserStore } from './user-store.ts';

export type ImportDirectoryDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly users: UserStore;
  readonly groups: GroupStore;
  readonly devices: DeviceStore;
  readonly memberships: MembershipGraph;
  readonly dirtyQueue: DirtyQueue;
  readonly deleteDevices: ApplyImportDeps['deleteDevices'];
};

export type ImportDirectoryInput = {
  /** The text of each file that there is; null for those that there are not. */
  readonly files: Readonly<Record<ImportKind, string | null>>;
  /** `plan` counts what `apply` would do. */
  readonly mode: 'plan' | 'apply';
  /**
   * Removes users, devices and groups that are in the files no more (users and devices only if a file brought them), and
   * memberships of the groups in the files. Refused when that is more than `limit` percent of a kind.
   */
  readonly prune: { readonly limit: number } | null;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly cause: Cause;
};

/** Percent of a kind that may go without being asked for by number. */
export const defaultPruneLimit = 10;

export type ImportDirectoryResult =
  | { readonly kind: 'imported' | 'planned'; readonly counts: Readonly<Record<ImportKind, ImportCounts>> }
  | { readonly kind: 'refused'; readonly faults: readonly ImportFault[] }
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
  if (Object.values(files).every((text) => text === null)) {
    const names = Object.values(importFiles).join(', ');
    throw new Failure('invalid', 'nothing-to-import', `There is none of the files ${names}.`, { files: names });
  }
  const tables: ImportTables = {
    users: files.users === null ? null : readTable(importFiles.users, files.users, userColumns),
    groups: files.groups === null ? null : readTable(importFiles.groups, files.groups, groupColumns),
    devices: files.devices === null ? null : readTable(importFiles.devices, files.devices, deviceColumns),
    members: files.members === null ? null : readTable(importFiles.members, files.members, memberColumns),
  };
  if (Object.values(tables).some((table) => table?.sound === false)) return refused(tables);
  return deps.transact(() => importTables(deps, input, withOwnFaults(tables)));
}

async function importTables(
  deps: ImportDirectoryDeps,
  input: ImportDirectoryInput,
  tables: ImportTables,
): Promise<ImportDirectoryResult> {
  const index = await loadDirectoryIndex(deps);
  const plan = planImport(tables, index, { prune: input.prune !== null, newId: () => newId(deps.clock) });
  if (Object.values(tables).some((table) => table !== null && table.faults.length > 0)) return refused(tables);
  const work = {
    plan,
    index,
    pruneMembers: input.prune !== null && tables.members !== null,
    now: deps.clock.now(),
    cause: input.cause,
    onProgress: input.onProgress ?? (() => undefined),
  };
  if (input.mode === 'plan' || input.prune !== null) {
    const { counts, membershipsBefore } = await applyImport(deps, {
      ...work,
      onProgress: () => undefined,
      write: false,
    });
    const exceeding = tooMuch(counts, { ...sizesOf(index), members: membershipsBefore }, input.prune);
    if (exceeding.length > 0) return { kind: 'prune-refused', counts, exceeding };
    if (input.mode === 'plan') return { kind: 'planned', counts };
  }
  const { counts, touched } = await applyImport(deps, { ...work, write: true });
  if (Object.values(counts).some(changedAnything)) {
    await deps.dirtyQueue.mark(touched);
    await deps.events.append([{ type: 'directory.imported', cause: input.cause, subjects: [], data: { counts } }]);
  }
  return { kind: 'imported', counts };
}

/** A transaction may run twice: each run adds its faults to lists of its own. */
function withOwnFaults(tables: ImportTables): ImportTables {
  const { users, groups, members, devices } = tables;
  return {
    users: users && { ...users, faults: [...users.faults] },
    groups: groups && { ...groups, faults: [...groups.faults] },
    members: members && { ...members, faults: [...members.faults] },
    devices: devices && { ...devices, faults: [...devices.faults] },
  };
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

function refused(tables: ImportTables): ImportDirectoryResult {
  const faults = Object.values(tables).flatMap((table) => table?.faults ?? []);
  faults.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column));
  return { kind: 'refused', faults };
}
