import type { Assignment } from '../assignments/assignment.ts';
import type { AssignmentStore } from '../assignments/assignment-store.ts';
import { recordTable } from './record-table.ts';
import { rememberedRows } from './remembered-rows.ts';
import type { Sql } from './sql.ts';

const table = recordTable<Assignment>('assignment', {
  id: 'plain',
  profileId: 'plain',
  mode: 'plain',
  target: 'json',
  filter: 'json',
});

const select = `SELECT ${table.select()} FROM assignment`;
// `position` keeps the order in which an administrator wrote them.
const insert = `INSERT INTO assignment (${table.columns.join(', ')}, position) VALUES ($1, $2, $3, $4, $5, $6)`;

export function assignmentTable(sql: Sql): AssignmentStore {
  // An assignment is made and removed, and never changed.
  const all = rememberedRows(sql, table, { content: ['id'], order: 'profile_id, position' });
  return {
    all,
    async byProfile(profileId) {
      const rows = await sql.all(`${select} WHERE profile_id = $1 ORDER BY position`, [profileId]);
      return rows.map((row) => table.read(row));
    },
    async replace(profileId, assignments) {
      await sql.run('DELETE FROM assignment WHERE profile_id = $1', [profileId]);
      await sql.runMany(
        insert,
        assignments.map((assignment, position) => [...table.values(assignment), position]),
      );
    },
  };
}
