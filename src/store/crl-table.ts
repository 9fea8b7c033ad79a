import type { CrlStore, PublishedCrl } from '../authority/crl-store.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

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
    async publish(crl) {
      return (await sql.run(publish, table.values(crl))) === 1;
    },
  };
}
