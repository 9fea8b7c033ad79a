import type { RoleAssignment, RoleAssignmentStore } from '../access/role-assignment.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

const table = recordTable<RoleAssignment>('role_assignment', {
  id: 'plain',
  roleId: 'plain',
  members: 'json',
  scope: 'json',
  createdAt: 'plain',
});

const select = `SELECT ${table.select()} FROM role_assignment`;

export function roleAssignmentTable(sql: Sql): RoleAssignmentStore {
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && table.read(row);
    },
    async all() {
      return (await sql.all(`${select} ORDER BY id`)).map((row) => table.read(row));
    },
    async insert(assignment) {
      await sql.run(table.insert, table.values(assignment));
    },
    async remove(id) {
      await sql.run('DELETE FROM role_assignment WHERE id = $1', [id]);
    },
  };
}
