import { type Administrator, signInKey } from '../access/administrator.ts';
import type { AdministratorStore } from '../access/administrator-store.ts';
import type { PasswordStore, StoredPassword } from '../access/password-store.ts';
import { recordTable } from './record-table.ts';
import { lockFor, type Sql } from './sql.ts';

const table = recordTable<Administrator>(
  'administrator',
  {
    id: 'plain',
    name: 'plain',
    signInName: 'plain',
    state: 'plain',
    version: 'plain',
    createdAt: 'plain',
    updatedAt: 'plain',
    lastSignInAt: 'plain',
  },
  { signInKey: ({ signInName }) => signInKey(signInName) },
);

const select = `SELECT ${table.select()} FROM administrator`;

/** What belongs to an administrator and goes with them. */
const belongings = [
  'administrator_password',
  'sign_in_code',
  'admin_session',
  'passkey',
  'administrator_identity',
] as const;

export function administratorTable(sql: Sql): AdministratorStore {
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && table.read(row);
    },
    async findBySignInName(signInName) {
      const row = await sql.one(`${select} WHERE sign_in_key = $1`, [signInKey(signInName)]);
      return row && table.read(row);
    },
    async all() {
      return (await sql.all(`${select} ORDER BY sign_in_key`)).map((row) => table.read(row));
    },
    async lock() {
      await sql.one(`SELECT name FROM administrator_lock WHERE name = 'all'${lockFor(sql, 'to-change')}`);
    },
    async save(administrator) {
      if (administrator.version === 1)
        return (await sql.run(`${table.insert} ON CONFLICT (id) DO NOTHING`, table.values(administrator))) === 1;
      const { id, name, signInName, state, version, updatedAt } = administrator;
      const text = `UPDATE administrator SET name = $2, sign_in_name = $3, sign_in_key = $4, state = $5, version = $6,
        updated_at = $7 WHERE id = $1 AND version = $8`;
      const values = [id, name, signInName, signInKey(signInName), state, version, updatedAt, version - 1];
      return (await sql.run(text, values)) === 1;
    },
    async signedIn(id, at) {
      await sql.run('UPDATE administrator SET last_sign_in_at = $2 WHERE id = $1', [id, at]);
    },
    async remove(id) {
      for (const each of belongings) await sql.run(`DELETE FROM ${each} WHERE administrator_id = $1`, [id]);
      await sql.run('DELETE FROM administrator WHERE id = $1', [id]);
    },
  };
}

const passwords = recordTable<StoredPassword>(
  'administrator_password',
  { administratorId: 'plain', hash: 'plain', changedAt: 'plain' },
  {},
  'administratorId',
);

export function passwordTable(sql: Sql): PasswordStore {
  return {
    async get(id) {
      const text = `SELECT ${passwords.select()} FROM administrator_password WHERE administrator_id = $1`;
      const row = await sql.one(text, [id]);
      return row && passwords.read(row);
    },
    async put(password) {
      await sql.run(passwords.upsert, passwords.values(password));
    },
    async remove(id) {
      await sql.run('DELETE FROM administrator_password WHERE administrator_id = $1', [id]);
    },
  };
}
