import type { SealBlock } from '../events/seal/seal-block.ts';
import type { SealChain } from '../events/seal/seal-chain.ts';
import { recordTable } from './record-table.ts';
import type { Sql, SqlRow } from './sql.ts';

const table = recordTable<SealBlock>(
  'audit_block',
  {
    number: 'plain',
    kind: 'plain',
    previous: 'plain',
    mac: 'plain',
    sealedAt: 'plain',
    node: 'plain',
    count: 'plain',
    firstId: 'plain',
    lastId: 'plain',
    digest: 'plain',
    detail: 'json',
    entries: 'plain',
    seed: 'plain',
    salts: 'plain',
  },
  {},
  'number',
);

const select = `SELECT ${table.select()} FROM audit_block`;

export function sealChainTable(sql: Sql): SealChain {
  return {
    async latest(kind) {
      const of = kind === undefined ? '' : " WHERE kind = $1 AND kind <> 'seal'";
      const row = await sql.one(`${select}${of} ORDER BY number DESC LIMIT 1`, kind === undefined ? [] : [kind]);
      return row && table.read(row);
    },
    async append(block) {
      return (await sql.run(`${table.insert} ON CONFLICT (number) DO NOTHING`, table.values(block))) === 1;
    },
    async list(after, limit, kind) {
      const of = kind === undefined ? '' : " AND kind = $3 AND kind <> 'seal'";
      const rows = await sql.all(`${select} WHERE number > $1${of} ORDER BY number LIMIT $2`, [
        after,
        limit,
        ...(kind === undefined ? [] : [kind]),
      ]);
      return rows.map((row) => table.read(row));
    },
    covering(first, last) {
      return sql.all<SqlRow & { number: number; entries: string }>(
        `SELECT number, entries FROM audit_block
         WHERE last_id >= $1 AND last_id IS NOT NULL AND first_id <= $2 AND kind <> 'erasure'`,
        [first, last],
      );
    },
    async lastSealedId() {
      const row = await sql.one<SqlRow & { id: string | null }>(
        'SELECT max(last_id) AS id FROM audit_block WHERE last_id IS NOT NULL',
      );
      return row?.id ?? null;
    },
    async replaceSalts(number, salts) {
      await sql.run('UPDATE audit_block SET seed = NULL, salts = $2 WHERE number = $1', [number, salts]);
    },
    async removeThrough(number) {
      await sql.run('DELETE FROM audit_block WHERE number <= $1', [number]);
    },
  };
}
