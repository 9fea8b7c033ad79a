import type { Passkey, PasskeyStore } from '../access/passkey.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

const table = recordTable<Passkey>('passkey', {
  id: 'plain',
  administratorId: 'plain',
  name: 'plain',
  credentialId: 'plain',
  publicKey: 'plain',
  algorithm: 'plain',
  signCount: 'plain',
  transports: 'json',
  backedUp: 'boolean',
  createdAt: 'plain',
  lastUsedAt: 'plain',
});

const select = `SELECT ${table.select()} FROM passkey`;

export function passkeyTable(sql: Sql): PasskeyStore {
  return {
    async findByCredentialId(credentialId) {
      const row = await sql.one(`${select} WHERE credential_id = $1`, [credentialId]);
      return row && table.read(row);
    },
    async of(id) {
      return (await sql.all(`${select} WHERE administrator_id = $1 ORDER BY id`, [id])).map((row) => table.read(row));
    },
    async insert(passkey) {
      await sql.run(table.insert, table.values(passkey));
    },
    async update({ id, name, signCount, backedUp, lastUsedAt }, expected) {
      const text = `UPDATE passkey SET name = $2, sign_count = $3, backed_up = $4, last_used_at = $5
        WHERE id = $1 AND sign_count = $6`;
      return (await sql.run(text, [id, name, signCount, Number(backedUp), lastUsedAt, expected])) === 1;
    },
    async remove(id) {
      await sql.run('DELETE FROM passkey WHERE id = $1', [id]);
    },
  };
}
