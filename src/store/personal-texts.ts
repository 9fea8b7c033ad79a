import type { PersonalText, PersonalTexts, TextPlace } from '../lifecycle/erasure/personal-texts.ts';
import { partsOfSegment } from './search/build-segment.ts';
import { isAnyOf, type Sql, type SqlRow, type SqlValue } from './sql.ts';

type Place = {
  readonly table: string;
  readonly key: string;
  /** Below every key. */
  readonly start: SqlValue;
  readonly columns: Readonly<Record<string, PersonalText['kind']>>;
  /**
   * Rows that are about the person, whatever they say: names that others may have too are this one's there. `$user`,
   * `IN ($devices)` and `$certificates` (a SELECT of each `value`) stand for what is sought.
   */
  readonly about?: string;
  /** Which rows count at all. */
  readonly only?: string;
};

/** What is for another user of the person's device is about that one. */
const ofPerson = 'user_id = $user OR (user_id IS NULL AND device_id IN ($devices))';

/** Where a person's names may stand in the middle of something else. */
export const personalPlaces: Readonly<Record<TextPlace, Place>> = {
  deployments: {
    table: 'deployment',
    key: 'id',
    start: '',
    columns: { problem: 'json', expectation: 'json', issued_expectation: 'json', withheld: 'json' },
    about: ofPerson,
    only: 'wanted = 0',
  },
  wantedDeployments: {
    table: 'deployment',
    key: 'id',
    start: '',
    // The expectation is filled in from the profile, the device and a user who is there.
    columns: { problem: 'json', issued_expectation: 'json', withheld: 'json' },
    about: ofPerson,
    only: 'wanted = 1',
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
  certificateTexts: {
    table: 'certificate_text',
    key: 'position',
    start: -1,
    columns: { content: 'lines' },
    about: `position / ${partsOfSegment} IN
      (SELECT number FROM certificate_segment WHERE EXISTS ($certificates WHERE value > after_id AND value <= last_id))`,
  },
  scepTransactions: {
    table: 'scep_transaction',
    key: 'id',
    start: '',
    columns: { detail: 'json', transaction_id: 'text' },
    about: `deployment_id IN (SELECT id FROM deployment WHERE ${ofPerson})`,
  },
  devices: { table: 'device', key: 'id', start: '', columns: { reported: 'json' }, about: 'id IN ($devices)' },
  jobs: { table: 'job', key: 'id', start: '', columns: { title: 'text', input: 'json', actor: 'json' } },
  jobFailures: { table: 'job_failure', key: 'id', start: '', columns: { name: 'text', detail: 'text' } },
  profileHistory: { table: 'profile_history', key: 'id', start: '', columns: { cause: 'json', changes: 'json' } },
  heldChanges: {
    table: 'held_change',
    key: 'id',
    start: '',
    columns: { request: 'json', asker: 'json', decided_by: 'json', outcome: 'json' },
  },
  removalCases: { table: 'removal_case', key: 'id', start: '', columns: { decided_by: 'json' } },
  approvals: { table: 'pending_request', key: 'id', start: '', columns: { decided_by: 'text' } },
  erasures: { table: 'erasure', key: 'id', start: '', columns: { cause: 'json' } },
  webhookDeliveries: {
    table: 'webhook_delivery',
    key: 'id',
    start: '',
    columns: { body: 'json' },
    about: 'message_id IN (SELECT event_id FROM event_subject WHERE subject_id = $user OR subject_id IN ($devices))',
  },
};

/** What administrators and devices are called by people, who alone can change it. */
const stayingPlaces = [
  ['device', 'device', 'device_name', ['device_name', 'fully_qualified_domain_name']],
  ['group', 'directory_group', 'name', ['name', 'description']],
  ['profile', 'profile', 'name', ['name', 'description', 'settings']],
  ['filter', 'assignment_filter', 'name', ['name', 'description', 'rule']],
  ['scopeTag', 'scope_tag', 'name', ['name', 'description']],
  ['administrator', 'administrator', 'sign_in_name', ['name', 'sign_in_name', 'sign_in_key']],
  ['token', 'api_token', 'name', ['name']],
  ['role', 'role', 'name', ['name', 'description']],
  ['identity provider', 'identity_provider', 'name', ['name', 'issuer', 'client_id', 'groups_claim']],
  ['webhook', 'webhook', 'name', ['name', 'url']],
  ['authority', 'authority', 'name', ['name']],
] as const;

/** What is sorted by subject has another place now: the columns of these segments are made again. */
async function forgetOrder(sql: Sql, rows: readonly { readonly key: string | number }[]): Promise<void> {
  const segments = [...new Set(rows.map(({ key }) => Math.floor(Number(key) / partsOfSegment)))].map((each) => [each]);
  await sql.runMany('DELETE FROM certificate_columns WHERE position = $1', segments);
  await sql.runMany('UPDATE certificate_segment SET made_at = made_at + 1 WHERE number = $1', segments);
}

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
      const { table, key, start, columns, about, only } = personalPlaces[place];
      const names = Object.keys(columns);
      const from = after ?? start;
      const end = await sql.one<SqlRow & { key: string | number | null }>(
        `SELECT max(${key}) AS key FROM (SELECT ${key} FROM ${table} WHERE ${key} > $1 ORDER BY ${key} LIMIT ${stride}) AS next`,
        [from],
      );
      const through = end?.key ?? null;
      if (through === null) return { rows: [], through };
      const params: SqlValue[] = [from, through];
      const isAbout = conditionOf(sql, about ?? '1 = 0', person, params);
      const text = `SELECT ${key} AS "key", CASE WHEN ${isAbout} THEN 1 ELSE 0 END AS about, ${names.join(', ')}
        FROM ${table} WHERE ${key} > $1 AND ${key} <= $2 AND (${only ?? '1 = 1'})
          AND (${isAbout} OR ${containsAny(sql, names, person.texts.length, params.length + 1)})
        ORDER BY ${key}`;
      const rows = await sql.all<SqlRow & { key: string | number }>(text, [...params, ...person.texts.map(anywhere)]);
      return {
        through,
        rows: rows.map((row) => ({
          key: row.key,
          about: Number(row.about) === 1,
          texts: names.map((name) => {
            const value = row[name] ?? null;
            return { kind: columns[name] ?? 'text', text: value === null ? null : String(value) };
          }),
        })),
      };
    },
    async replace(place, rows) {
      const { table, key, columns } = personalPlaces[place];
      const names = Object.keys(columns);
      const sets = names.map((name, at) => `${name} = $${at + 2}`);
      const same = names.map((name, at) => `${name} IS NOT DISTINCT FROM $${names.length + at + 2}`);
      const changed = await sql.runMany(
        `UPDATE ${table} SET ${sets.join(', ')} WHERE ${key} = $1 AND ${same.join(' AND ')}`,
        rows.map((row) => [row.key, ...[...row.texts, ...row.before].map(({ text }) => text)]),
      );
      if (place === 'certificateTexts') await forgetOrder(sql, rows);
      return changed;
    },
    async forget({ userId, texts }) {
      await sql.run(
        `DELETE FROM pending_request WHERE deployment_id IN
           (SELECT id FROM deployment WHERE user_id = $1 AND wanted = 0)`,
        [userId],
      );
      await sql.run(
        `DELETE FROM idempotent_response WHERE ${containsAny(sql, ['body'], texts.length, 1)}`,
        texts.map(anywhere),
      );
    },
    async staying({ texts }, limit) {
      const found: { kind: string; id: string; name: string }[] = [];
      for (const [kind, table, name, columns] of stayingPlaces) {
        if (found.length >= limit) break;
        const rows = await sql.all<SqlRow & { id: string; name: string }>(
          `SELECT id, ${name} AS name FROM ${table} WHERE ${containsAny(sql, columns, texts.length, 2)} ORDER BY id LIMIT $1`,
          [limit - found.length, ...texts.map(anywhere)],
        );
        found.push(...rows.map(({ id, name }) => ({ kind, id, name })));
      }
      return found;
    },
  };
}

/** With parameters in place of what is sought; their values go to the end of `params`. */
function conditionOf(
  sql: Sql,
  about: string,
  person: { userId: string; deviceIds: readonly string[]; certificateIds: readonly string[] },
  params: SqlValue[],
): string {
  const parameter = (value: SqlValue) => `$${params.push(value)}`;
  let text = about;
  if (text.includes('$user')) text = text.replaceAll('$user', parameter(person.userId));
  if (text.includes('$devices')) {
    const devices = parameter(JSON.stringify(person.deviceIds));
    text = text.replaceAll(/(\w+) IN \(\$devices\)/g, (_, column: string) => isAnyOf(sql, column, devices));
  }
  if (text.includes('$certificates')) {
    const ids = parameter(JSON.stringify(person.certificateIds));
    const each =
      sql.dialect === 'sqlite' ? `json_each(${ids})` : `jsonb_array_elements_text(${ids}::jsonb) AS each(value)`;
    text = text.replaceAll('$certificates', () => `SELECT 1 FROM ${each}`);
  }
  return `(${text})`;
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
