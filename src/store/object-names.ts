import type { ObjectNames } from '../events/audit-trail.ts';
import type { SubjectKind } from '../events/event.ts';
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
  token: { from: 'api_token', name: 'name', folded: 'lower(name)' },
  administrator: { from: 'administrator', name: 'sign_in_name', folded: 'sign_in_key' },
  issuer: { from: 'issuer', name: 'slug', folded: 'slug' },
  certificate: { from: 'certificate', name: 'subject_text', folded: 'serial' },
};

const most = 20;

export function objectNames(sql: Sql): ObjectNames {
  return {
    async names(subjects) {
      const found = new Map<string, string>();
      for (const [kind, group] of Map.groupBy(subjects, (subject) => subject.kind)) {
        const place = places[kind];
        if (place === undefined) continue;
        const ids = [...new Set(group.map(({ id }) => id))];
        const rows = await sql.all<SqlRow & { id: string; name: string }>(
          `SELECT id, ${place.name} AS name FROM ${place.from} WHERE ${isAnyOf(sql, 'id', '$1')}`,
          [JSON.stringify(ids)],
        );
        for (const { id, name } of rows) found.set(`${kind} ${id}`, name);
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
