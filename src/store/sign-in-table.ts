import type { SignInCode, SignInCodeStore } from '../access/sign-in-code.ts';
import { blankRecord, type SignInRecord } from '../access/sign-in-delay.ts';
import type { SignInRecordStore } from '../access/sign-in-record-store.ts';
import type { UsedChallenges } from '../access/used-challenges.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, lockFor, type Sql } from './sql.ts';

const codes = recordTable<SignInCode>('sign_in_code', {
  id: 'plain',
  administratorId: 'plain',
  secretHash: 'plain',
  createdAt: 'plain',
  expiresAt: 'plain',
});

export function signInCodeTable(sql: Sql): SignInCodeStore {
  return {
    async findBySecretHash(secretHash) {
      const row = await sql.one(`SELECT ${codes.select()} FROM sign_in_code WHERE secret_hash = $1`, [secretHash]);
      return row && codes.read(row);
    },
    async insert(code) {
      await sql.run(codes.insert, codes.values(code));
    },
    async use(id) {
      return (await sql.run('DELETE FROM sign_in_code WHERE id = $1', [id])) === 1;
    },
    async cancel(id) {
      if (id === null) await sql.run('DELETE FROM sign_in_code WHERE administrator_id IS NULL');
      else await sql.run('DELETE FROM sign_in_code WHERE administrator_id = $1', [id]);
    },
    async removeExpired(now) {
      await sql.run('DELETE FROM sign_in_code WHERE expires_at <= $1', [now]);
    },
  };
}

const records = recordTable<SignInRecord>(
  'sign_in_record',
  { key: 'plain', failures: 'plain', lastFailureAt: 'plain', lastSuccessAt: 'plain' },
  {},
  'key',
);

export function signInRecordTable(sql: Sql): SignInRecordStore {
  return {
    async lock(keys) {
      // In one order, whoever asks: two that lock the same keys never wait for each other.
      const ordered = [...new Set(keys)].sort();
      for (const key of ordered)
        await sql.run(`${records.insert} ON CONFLICT (key) DO NOTHING`, records.values(blankRecord(key)));
      const text = `SELECT ${records.select()} FROM sign_in_record WHERE ${isAnyOf(sql, 'key', '$1')} ORDER BY key`;
      const rows = await sql.all(`${text}${lockFor(sql, 'to-change')}`, [JSON.stringify(ordered)]);
      const found = new Map(rows.map((row) => records.read(row)).map((record) => [record.key, record]));
      return keys.map((key) => found.get(key) ?? blankRecord(key));
    },
    async put(all) {
      await sql.runMany(
        records.upsert,
        all.map((record) => records.values(record)),
      );
    },
    async removeBefore({ failures, successes }) {
      await sql.run(
        `DELETE FROM sign_in_record WHERE COALESCE(last_failure_at, 0) < $1 AND COALESCE(last_success_at, 0) < $2`,
        [failures, successes],
      );
    },
  };
}

export function usedChallengeTable(sql: Sql): UsedChallenges {
  return {
    async use(hash, expiresAt) {
      const text = 'INSERT INTO used_challenge (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING';
      return (await sql.run(text, [hash, expiresAt])) === 1;
    },
    async removeExpired(now) {
      await sql.run('DELETE FROM used_challenge WHERE expires_at <= $1', [now]);
    },
  };
}
