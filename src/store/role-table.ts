import { builtInRoles, type Role, type RoleStore } from '../access/role.ts';
import { folded } from './folded.ts';
import { recordTable } from './record-table.ts';
import { saveVersion } from './save-version.ts';
import type { Sql } from './sql.ts';

const table = recordTable<Role>(
  'role',
  {
    id: 'plain',
    name: 'plain',
    description: 'plain',
    permissions: 'json',
    version: 'plain',
    createdAt: 'plain',
    updatedAt: 'plain',
  },
  { nameFolded: ({ name }) => folded(name) },
);

const select = `SELECT ${table.select()} FROM role`;

export function roleTable(sql: Sql): RoleStore {
  return {
    async get(id) {
      const known = builtInRoles.find((role) => role.id === id);
      if (known !== undefined) return known;
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && table.read(row);
    },
    async all() {
      const rows = await sql.all(`${select} ORDER BY name_folded`);
      return [...builtInRoles, ...rows.map((row) => table.read(row))];
    },
    save: (role) => saveVersion(sql, table, role),
    async remove(id) {
      await sql.run('DELETE FROM role WHERE id = $1', [id]);
    },
  };
}
