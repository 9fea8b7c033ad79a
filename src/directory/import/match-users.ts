import type { UserId } from '../user.ts';
import type { userColumns } from './columns.ts';
import type { DirectoryIndex } from './directory-index.ts';
import type { Table } from './table.ts';
import type { MatchOptions, Target } from './target.ts';

export type MatchedUsers = {
  readonly targets: readonly Target<UserId>[];
  readonly prune: readonly UserId[];
  /** Everybody after the import, by userPrincipalName in lower case. */
  readonly byPrincipalName: ReadonlyMap<string, UserId>;
};

/** Users are the same when their userPrincipalName is, without regard to case. */
export async function matchUsers(
  table: Table<typeof userColumns> | null,
  index: DirectoryIndex,
  options: MatchOptions,
): Promise<MatchedUsers> {
  const targets: Target<UserId>[] = [];
  const lines = new Map<string, number>();
  const byPrincipalName = new Map<string, UserId>();
  for await (const row of table?.rows() ?? []) {
    const name = row.cells.userPrincipalName?.toLowerCase();
    if (name === undefined) continue;
    const first = lines.get(name);
    if (first !== undefined) {
      const detail = `"${row.cells.userPrincipalName}" stands in line ${first} already.`;
      options.faults.users.push({ row: row.number, name: 'userPrincipalName', code: 'duplicate-user', detail });
      continue;
    }
    lines.set(name, row.line);
    const known = index.users.get(name);
    const id = known?.id ?? options.newId<UserId>();
    byPrincipalName.set(name, id);
    targets.push({ id, exists: known !== undefined });
  }
  const prune: UserId[] = [];
  for (const [name, { id, fromCsv }] of index.users) {
    if (byPrincipalName.has(name)) continue;
    if (options.prune && table !== null && fromCsv) prune.push(id);
    else byPrincipalName.set(name, id);
  }
  return { targets, prune, byPrincipalName };
}
