import type { Searchable } from './search/build-segment.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

type Row = SqlRow & {
  certificate_id: string;
  search_folded: string;
  thumbprint: string;
  thumbprint256: string;
  serial: string;
  not_after: number;
  issued_at: number;
  revoked_at: number | null;
  profile_id: string | null;
  device_id: string | null;
  user_id: string | null;
  previous_id: string | null;
  device_name: string | null;
  user_principal_name: string | null;
  display_name: string | null;
};

export type SearchableCertificate = Searchable & {
  /** As it is sorted. */
  readonly subject: string;
  readonly serial: string;
  readonly profileId: string | null;
  readonly deviceId: string | null;
  readonly userId: string | null;
  /** The one of the same deployment that it took the place of. */
  readonly previousId: string | null;
  /** ms */
  readonly notAfter: number;
  readonly issuedAt: number;
  readonly revokedAt: number | null;
};

const select = `SELECT s.certificate_id, s.search_folded, s.thumbprint, s.thumbprint256, c.serial, c.not_after, c.issued_at,
    c.revoked_at, s.profile_id, c.device_id, c.user_id,
    (SELECT p.id FROM certificate p WHERE p.deployment_id = c.deployment_id AND p.generation < c.generation
     ORDER BY p.generation DESC LIMIT 1) AS previous_id,
    d.device_name_folded AS device_name, u.user_principal_name_folded AS user_principal_name,
    u.display_name_folded AS display_name
  FROM certificate_search s JOIN certificate c ON c.id = s.certificate_id
  LEFT JOIN device d ON d.id = c.device_id
  LEFT JOIN directory_user u ON u.id = c.user_id`;

/** As they are looked for, by their ids: strictly between these two, at most `limit`. */
export async function searchableBetween(
  sql: Sql,
  range: { readonly after: string; readonly before: string; readonly limit: number },
): Promise<readonly SearchableCertificate[]> {
  const { after, before, limit } = range;
  // First the ids: PostgreSQL, which does not know how few they are, would read all certificates to join them.
  const rows = await sql.all<SqlRow & { id: string }>(
    `SELECT certificate_id AS id FROM certificate_search WHERE certificate_id > $1 AND certificate_id < $2
     ORDER BY certificate_id LIMIT $3`,
    [after, before, limit],
  );
  const ids = rows.map(({ id }) => id);
  const found = new Map((await searchableOf(sql, ids)).map((row) => [row.id, row]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

export async function searchableOf(sql: Sql, ids: readonly string[]): Promise<readonly SearchableCertificate[]> {
  const rows = await sql.all<Row>(`${select} WHERE ${isAnyOf(sql, 's.certificate_id', '$1')}`, [JSON.stringify(ids)]);
  return rows.map(searchable);
}

/** Of what a search compares, the subject is the first line. */
export function subjectIn(searchFolded: string): string {
  const end = searchFolded.indexOf('\n');
  return end === -1 ? searchFolded : searchFolded.slice(0, end);
}

function searchable(row: Row): SearchableCertificate {
  const names = [row.search_folded, row.serial, row.device_name, row.user_principal_name, row.display_name];
  return {
    id: row.certificate_id,
    text: names.filter((each) => each !== null && each !== '').join('\n'),
    thumbprint: row.thumbprint,
    thumbprint256: row.thumbprint256,
    profileId: row.profile_id,
    userId: row.user_id,
    subject: subjectIn(row.search_folded),
    serial: row.serial,
    deviceId: row.device_id,
    previousId: row.previous_id,
    notAfter: row.not_after,
    issuedAt: row.issued_at,
    revokedAt: row.revoked_at,
  };
}
