import type { LeaseRecord, LeaseStore } from '../lib/lease.ts';
import { recordTable } from './record-table.ts';
import type { Sql, SqlRow } from './sql.ts';

const table = recordTable<LeaseRecord>(
  'lease',
  { name: 'plain', token: 'plain', holder: 'plain', beat: 'plain' },
  {},
  'name',
);

const select = `SELECT ${table.select()} FROM lease`;

export function leaseTable(sql: Sql): LeaseStore {
  return {
    async all() {
      const rows = await sql.all<SqlRow>(`${select} ORDER BY name`);
      return rows.map((row) => table.read(row));
    },
    async find(name) {
      const row = await sql.one(`${select} WHERE name = $1`, [name]);
      return row && table.read(row);
    },
    async take(name, holder, seen) {
      if (seen === null) {
        const first = table.values({ name, holder, token: 1, beat: 0 });
        const made = await sql.run(`${table.insert} ON CONFLICT (name) DO NOTHING`, first);
        return made === 1 ? { name, token: 1 } : null;
      }
      const token = seen.token + 1;
      const taken = await sql.run(
        `UPDATE lease SET holder = $2, token = $3, beat = 0
         WHERE name = $1 AND token = $4 AND beat = $5 AND holder IS NOT DISTINCT FROM $6`,
        [name, holder, token, seen.token, seen.beat, seen.holder],
      );
      return taken === 1 ? { name, token } : null;
    },
    async beat({ name, token }) {
      const moved = await sql.run(
        'UPDATE lease SET beat = beat + 1 WHERE name = $1 AND token = $2 AND holder IS NOT NULL',
        [name, token],
      );
      return moved === 1;
    },
    async release({ name, token }) {
      await sql.run('UPDATE lease SET holder = NULL WHERE name = $1 AND token = $2', [name, token]);
    },
  };
}

/** For a store whose last user is known to be gone: nobody waits for the leases that it held. */
export async function releaseAllLeases(sql: Pick<Sql, 'run'>): Promise<void> {
  await sql.run('UPDATE lease SET holder = NULL WHERE holder IS NOT NULL');
}
