import type { PersonalTexts, TextPlace } from '../lifecycle/erasure/personal-texts.ts';
import { isAnyOf, type Sql, type SqlRow, type SqlValue } from './sql.ts';

type Place = {
  readonly table: string;
  readonly key: string;
  /** Below every key. */
  readonly start: SqlValue;
  readonly columns: Readonly<Record<string, 'text' | 'json'>>;
  /** Rows that are about the person, whatever they say: `$user` and `$devices` stand for a JSON array of ids. */
  readonly about?: string;
  /** Which rows count at all. */
  readonly only?: string;
};

const ofPerson = 'user_id = $user OR device_id IN ($devices)';

/** Where a person's names may stand in the middle of something else. */
const places: Readonly<Record<TextPlace, Place>> = {
  deployments: {
    table: 'deployment',
    key: 'id',
    start: '',
    columns: { problem: 'json', expectation: 'json', issued_expectation: 'json', withheld: 'json' },
    about: ofPerson,
    // What is wanted is filled in anew from the directory.
    only: 'wanted = 0',
  },
  certificates: {
    table: 'certificate',
    key: 'id',
    start: '',
    columns: { subject_text: 'text', subject_alternative_names: 'json' },
    about: ofPerson,
  },
  certificateSearch: {
    table: 'certificate_search',
    key: 'certificate_id',
    start: '',
    columns: { search_folded: 'text' },
    about: `certificate_id IN (SELECT id FROM certificate WHERE ${ofPerson})`,
  },
  certificateTexts: { table: 'certificate_text', key: 'position', start: -1, columns: { content: 'json' } },
  scepTransactions: {
    table: 'scep_transaction',
    key: 'id',
    start: '',
    columns: { detail: 'json' },
    about: `deployment_id IN (SELECT id FROM deployment WHERE ${ofPerson})`,
  },
  devices: { table: 'device', key: 'id', start: '', columns: { reported: 'json' }, about: 'id IN ($devices)' },
  jobs: { table: 'job', key: 'id', start: '', columns: { title: 'text', input: 'json' } },
  webhookDeliveries: { table: 'webhook_delivery', key: 'id', start: '', columns: { body: 'json' } },
  jobFailures: { table: 'job_failure', key: 'id', start: '', columns: { name: 'text', detail: 'text' } },
};

/** Rows that are looked through in one statement. */
const stride = 2000;

export function personalTexts(sql: Sql): PersonalTexts {
  return {
    async devicesOf(userId) {
      const rows = await sql.all<SqlRow & { id: string }>(
        'SELECT id FROM device WHERE primary_user_id = $1 UNION SELECT device_id FROM deployment WHERE user_id = $1',
        [userId],
      );
      return rows.map(({ id }) => id);
    },
    async find(place, person, after) {
      const { table, key, start, columns, about, only } = places[place];
      const names = Object.keys(columns);
      const from = after ?? start;
      const end = await sql.one<SqlRow & { key: string | number | null }>(
        `SELECT max(${key}) AS key FROM (SELECT ${key} FROM ${table} WHERE ${key} > $1 ORDER BY ${key} LIMIT ${stride}) AS next`,
        [from],
      );
      const through = end?.key ?? null;
      if (through === null) return { rows: [], through };
      const about3 = (about ?? '1 = 0')
        .replaceAll('$user', '$3')
        .replaceAll(/(\w+) IN \(\$devices\)/g, (_, column: string) => isAnyOf(sql, column, '$4'));
      // PostgreSQL wants to know of every parameter what it is.
      const known = about?.includes('$user') === true ? '' : " OR $3 = ''";
      const knownDevices = about?.includes('$devices') === true ? '' : " OR $4 = ''";
      const text = `SELECT ${key} AS "key", ${names.join(', ')} FROM ${table}
        WHERE ${key} > $1 AND ${key} <= $2 AND (${only ?? '1 = 1'})
          AND (${about3}${known}${knownDevices} OR ${containsAny(sql, names, person.texts.length, 5)})
        ORDER BY ${key}`;
      const params = [from, through, person.userId, JSON.stringify(person.deviceIds), ...person.texts.map(anywhere)];
      const rows = await sql.all<SqlRow & { key: string | number }>(text, params);
      return {
        through,
        rows: rows.map((row) => ({
          key: row.key,
          texts: names.map((name) => {
            const value = row[name] ?? null;
            return { kind: columns[name] ?? 'text', text: value === null ? null : String(value) };
          }),
        })),
      };
    },
    async replace(place, rows) {
      const { table, key, columns } = places[place];
      const sets = Object.keys(columns).map((name, at) => `${name} = $${at + 2}`);
      await sql.runMany(
        `UPDATE ${table} SET ${sets.join(', ')} WHERE ${key} = $1`,
        rows.map((row) => [row.key, ...row.texts.map(({ text }) => text)]),
      );
    },
    async forget({ userId, texts }) {
      await sql.run(
        `DELETE FROM pending_request WHERE state <> 'waiting' AND deployment_id IN
           (SELECT id FROM deployment WHERE user_id = $1 AND wanted = 0)`,
        [userId],
      );
      await sql.run(
        `DELETE FROM idempotent_response WHERE ${containsAny(sql, ['body'], texts.length, 1)}`,
        texts.map(anywhere),
      );
    },
  };
}

/** A condition: one of `columns` has one of the patterns from `$first` on, without regard to case as far as SQL goes. */
export function containsAny(
  { dialect }: Pick<Sql, 'dialect'>,
  columns: readonly string[],
  count: number,
  first: number,
): string {
  const like = dialect === 'sqlite' ? 'LIKE' : 'ILIKE';
  const each = Array.from({ length: count }, (_, at) =>
    columns.map((column) => `${column} ${like} $${first + at} ESCAPE '\\'`),
  );
  return each.length === 0 ? '1 = 0' : each.flat().join(' OR ');
}

/** The pattern of a text anywhere. */
export function anywhere(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
