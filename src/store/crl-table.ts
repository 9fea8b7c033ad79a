import type { CertificateId } from '../authority/certificate.ts';
import type { CrlStore, PublishedCrl } from '../authority/crl-store.ts';
import type { IssuerId } from '../authority/issuer.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

const table = recordTable<PublishedCrl>(
  'crl',
  {
    issuerId: 'plain',
    shard: 'plain',
    number: 'plain',
    der: 'plain',
    thisUpdate: 'plain',
    nextUpdate: 'plain',
  },
  {},
  'issuerId',
);

// Only the latest of each shard is kept: an older CRL says nothing that the certificates' own rows do not.
const publish = `${table.insert} ON CONFLICT (issuer_id, shard) DO UPDATE
  SET number = excluded.number, der = excluded.der, this_update = excluded.this_update, next_update = excluded.next_update
  WHERE crl.number < excluded.number`;

export function crlTable(sql: Sql): CrlStore {
  return {
    async latest(issuerId, shard) {
      const row = await sql.one(`SELECT ${table.select()} FROM crl WHERE issuer_id = $1 AND shard = $2`, [
        issuerId,
        shard,
      ]);
      return row && table.read(row);
    },
    latestState(issuerId, shard) {
      return sql.one<SqlRow & Omit<PublishedCrl, 'der'>>(
        `SELECT issuer_id AS "issuerId", shard, number, this_update AS "thisUpdate", next_update AS "nextUpdate"
         FROM crl WHERE issuer_id = $1 AND shard = $2`,
        [issuerId, shard],
      );
    },
    async latestNumber(issuerId, shard) {
      const row = await sql.one<SqlRow & { number: number }>(
        'SELECT number FROM crl WHERE issuer_id = $1 AND shard = $2',
        [issuerId, shard],
      );
      return row?.number ?? null;
    },
    async publish(crl) {
      return (await sql.run(publish, table.values(crl))) === 1;
    },
    due() {
      return sql.all<SqlRow & { issuerId: IssuerId; shard: number }>(
        'SELECT DISTINCT issuer_id AS "issuerId", shard FROM crl_due ORDER BY issuer_id, shard',
      );
    },
    async awaited({ issuerId, shard }) {
      const rows = await sql.all<SqlRow & { id: CertificateId }>(
        'SELECT certificate_id AS id FROM crl_due WHERE issuer_id = $1 AND shard = $2',
        [issuerId, shard],
      );
      return rows.map(({ id }) => id);
    },
    async shown(ids) {
      await sql.run(`DELETE FROM crl_due WHERE ${isAnyOf(sql, 'certificate_id', '$1')}`, [JSON.stringify(ids)]);
    },
  };
}
