import type { Group, GroupId } from '../group.ts';
import type { groupColumns } from './columns.ts';
import type { DirectoryIndex } from './directory-index.ts';
import { pushTo } from './directory-index.ts';
import type { TableRow } from './read-table.ts';
import type { Table } from './table.ts';
import type { MatchOptions, Target } from './target.ts';

export type MatchedGroups = {
  readonly targets: readonly Target<GroupId>[];
  readonly prune: readonly GroupId[];
  /** All after the import, by name in lower case; a kind that the file got wrong is null. */
  readonly byName: ReadonlyMap<string, readonly { readonly id: GroupId; readonly kind: Group['kind'] | null }[]>;
};

type GroupTable = Table<typeof groupColumns>;

/** Groups are the same when their name is, without regard to case. Their kind cannot change. */
export async function matchGroups(
  table: GroupTable | null,
  index: DirectoryIndex,
  options: MatchOptions,
): Promise<MatchedGroups> {
  const targets: Target<GroupId>[] = [];
  const lines = new Map<string, number>();
  const byName = new Map<string, { id: GroupId; kind: Group['kind'] | null }[]>();
  for await (const row of table?.rows() ?? []) {
    const name = row.cells.groupName?.toLowerCase();
    if (name === undefined) continue;
    const known = index.groups.get(name) ?? [];
    const problem = problemOf(row, lines.get(name), known);
    if (problem !== null)
      options.faults.groups.push({ row: row.number, name: problem.at, code: problem.code, detail: problem.detail });
    if (lines.has(name)) continue;
    lines.set(name, row.line);
    const id = known[0]?.id ?? options.newId<GroupId>();
    byName.set(name, [{ id, kind: row.cells.kind ?? null }]);
    targets.push({ id, exists: known.length > 0 });
  }
  const prune: GroupId[] = [];
  for (const [name, groups] of index.groups) {
    if (lines.has(name)) continue;
    for (const { id, kind } of groups) {
      if (options.prune && table !== null) prune.push(id);
      else pushTo(byName, name, { id, kind });
    }
  }
  return { targets, prune, byName };
}

function problemOf(row: TableRow<typeof groupColumns>, firstLine: number | undefined, known: readonly Group[]) {
  const { groupName, kind } = row.cells;
  const [group] = known;
  if (firstLine !== undefined) {
    return {
      at: 'groupName',
      code: 'duplicate-group',
      detail: `"${groupName}" stands in line ${firstLine} already.`,
    } as const;
  }
  if (known.length > 1) {
    return {
      at: 'groupName',
      code: 'ambiguous-group',
      detail: `The directory holds ${known.length} groups named "${groupName}": rename all but one.`,
    } as const;
  }
  if (group !== undefined && kind && kind !== group.kind) {
    return {
      at: 'kind',
      code: 'group-kind-changed',
      detail: `"${groupName}" is a ${group.kind} group already; a group's kind cannot change.`,
    } as const;
  }
  return null;
}
