import { aboutOne } from '../events/about-one.ts';
import type { ObjectNames } from '../events/audit-trail.ts';
import type { Event, EventType, Subject, SubjectKind } from '../events/event.ts';
import { folded } from './folded.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

/** Where the name of a kind of object stands, and the column in which it is looked for without regard to case. */
const places: Readonly<Partial<Record<SubjectKind, { from: string; name: string; folded: string }>>> = {
  user: { from: 'directory_user', name: 'user_principal_name', folded: 'user_principal_name_folded' },
  group: { from: 'directory_group', name: 'name', folded: 'name_folded' },
  device: { from: 'device', name: 'device_name', folded: 'device_name_folded' },
  profile: { from: 'profile', name: 'name', folded: 'name_folded' },
  filter: { from: 'assignment_filter', name: 'name', folded: 'name_folded' },
  scopeTag: { from: 'scope_tag', name: 'name', folded: 'name_folded' },
  role: { from: 'role', name: 'name', folded: 'name_folded' },
  identityProvider: { from: 'identity_provider', name: 'name', folded: 'name_folded' },
  token: { from: 'api_token', name: 'name', folded: 'lower(name)' },
  administrator: { from: 'administrator', name: 'sign_in_name', folded: 'sign_in_key' },
  issuer: { from: 'issuer', name: 'slug', folded: 'slug' },
  certificate: { from: 'certificate', name: 'subject_text', folded: 'serial' },
};

/** What an event says that ends an object; a profile's versions stay. */
const endings: Readonly<Partial<Record<SubjectKind, EventType>>> = {
  user: 'directory.changed',
  group: 'directory.changed',
  device: 'device.deleted',
  filter: 'filter.deleted',
  scopeTag: 'access.scope-tag-deleted',
  webhook: 'webhook.deleted',
};

const most = 20;

export function objectNames(sql: Sql): ObjectNames {
  return {
    async names(subjects) {
      const found = new Map<string, string>();
      for (const [kind, group] of Map.groupBy(subjects, (subject) => subject.kind)) {
        const place = places[kind];
        const ids = [...new Set(group.map(({ id }) => id))];
        if (place === undefined) continue;
        const rows = await sql.all<SqlRow & { id: string; name: string }>(
          `SELECT id, ${place.name} AS name FROM ${place.from} WHERE ${isAnyOf(sql, 'id', '$1')}`,
          [JSON.stringify(ids)],
        );
        for (const { id, name } of rows) found.set(`${kind} ${id}`, name);
        const gone = ids.filter((id) => !found.has(`${kind} ${id}`));
        for (const [id, name] of await lastNames(sql, kind, gone)) found.set(`${kind} ${id}`, name);
      }
      return found;
    },
    async called(kind, name) {
      const place = places[kind];
      if (place === undefined) return [];
      const rows = await sql.all<SqlRow & { id: string }>(
        `SELECT id FROM ${place.from} WHERE ${place.folded} = $1 ORDER BY id LIMIT ${most}`,
        [folded(name)],
      );
      return rows.map(({ id }) => id);
    },
  };
}

/** What objects that are gone were called last, by their ids; nothing for those of which nothing is kept. */
async function lastNames(sql: Sql, kind: SubjectKind, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  if (kind === 'profile') return lastOfProfiles(sql, 'name', ids);
  const type = endings[kind];
  const found = new Map<string, string>();
  if (type === undefined) return found;
  const rows = await sql.all<SqlRow & { id: string; subjects: string; data: string }>(
    `SELECT subject_id AS id, subjects, data FROM event_subject JOIN event ON event.id = event_id
     WHERE subject_kind = '${kind}' AND ${isAnyOf(sql, 'subject_id', '$1')} AND type = '${type}' ORDER BY event_id`,
    [JSON.stringify(ids)],
  );
  for (const { id, ...row } of rows) {
    const subjects = JSON.parse(row.subjects) as readonly Subject[];
    const event = aboutOne({ subjects, data: JSON.parse(row.data) as Event['data'] }, { kind, id });
    const name = event.subjects.find((each) => each.id === id)?.name ?? event.data.name;
    if (typeof name === 'string') found.set(id, name);
  }
  return found;
}

/** Of profiles that are deleted, as their last versions have it. */
export async function lastOfProfiles(
  sql: Sql,
  column: 'name' | 'slug',
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.all<SqlRow & { id: string; text: string }>(
    `SELECT id, ${column} AS text FROM profile_version WHERE ${isAnyOf(sql, 'id', '$1')} ORDER BY version`,
    [JSON.stringify(ids)],
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}
