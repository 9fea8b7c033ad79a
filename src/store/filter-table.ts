import type { Filter } from '../assignments/filter/filter.ts';
import type { FilterStore } from '../assignments/filter/filter-store.ts';
import type { FilterTree } from '../assignments/filter/filter-tree.ts';
import { readFilter } from '../assignments/filter/read-filter.ts';
import { contains, folded } from './folded.ts';
import { pageOf } from './page-query.ts';
import { recordTable } from './record-table.ts';
import { rememberedRows } from './remembered-rows.ts';
import { saveVersion } from './save-version.ts';
import type { Sql, SqlRow } from './sql.ts';

type StoredFilter = Omit<Filter, 'tree'>;

const table = recordTable<StoredFilter>(
  'assignment_filter',
  {
    id: 'plain',
    name: 'plain',
    description: 'plain',
    platform: 'plain',
    rule: 'plain',
    scopeTags: 'json',
    version: 'plain',
    createdAt: 'plain',
    updatedAt: 'plain',
  },
  { nameFolded: ({ name }) => folded(name) },
);

const select = `SELECT ${table.select()} FROM assignment_filter`;
/** Rules that are remembered; more than there can be filters. */
const mostRemembered = 1000;

export function filterTable(sql: Sql): FilterStore {
  // What a rule means depends on its text and platform alone.
  const trees = new Map<string, FilterTree | null>();
  const treeOf = ({ platform, rule }: StoredFilter): FilterTree | null => {
    const key = `${platform} ${rule}`;
    const known = trees.get(key);
    if (known !== undefined) return known;
    if (trees.size >= mostRemembered) trees.clear();
    const { tree } = readFilter(rule, platform);
    trees.set(key, tree);
    return tree;
  };
  const withTree = (filter: StoredFilter): Filter => ({ ...filter, tree: treeOf(filter) });
  const read = (row: SqlRow): Filter => withTree(table.read(row));
  const stored = rememberedRows(sql, table, { content: ['id', 'version', 'updated_at'], order: 'name_folded' });
  let last: { readonly records: readonly StoredFilter[]; readonly filters: readonly Filter[] } | null = null;
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && read(row);
    },
    async findByName(name) {
      const row = await sql.one(`${select} WHERE name_folded = $1`, [folded(name)]);
      return row && read(row);
    },
    list({ search, platform }, page) {
      return pageOf<Filter>(
        sql,
        {
          select,
          where: [
            ['platform = $?', platform],
            [`name_folded LIKE $? ESCAPE '\\'`, search === null ? null : contains(search)],
          ],
          order: ['name_folded', 'id'],
          read,
          key: ({ name, id }) => [folded(name), id],
        },
        page,
      );
    },
    async all() {
      const records = await stored();
      if (last?.records !== records) last = { records, filters: records.map(withTree) };
      return last.filters;
    },
    save: (filter) => saveVersion(sql, table, filter),
    async remove(id) {
      await sql.run('DELETE FROM assignment_filter WHERE id = $1', [id]);
    },
  };
}
