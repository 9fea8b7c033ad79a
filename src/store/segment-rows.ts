import { partsOfSegment } from './search/build-segment.ts';
import { type SearchableCertificate, searchableOf } from './searchable-certificates.ts';
import { contentsAt, textPosition } from './segment-contents.ts';
import type { Sql } from './sql.ts';

/** The certificates of a segment as they are now, each in the place that it has there; of what is deleted, nothing but the id. */
export async function rowsOfSegment(sql: Sql, segment: number): Promise<readonly SearchableCertificate[]> {
  const positions = Array.from({ length: partsOfSegment }, (_, part) => textPosition(segment, part));
  const contents = await contentsAt<string>(sql, 'certificate_text', positions);
  const ids = positions.flatMap((position) => {
    const lines = JSON.parse(contents.get(position) ?? '[]') as readonly (readonly [id: string, text: string])[];
    return lines.map(([id]) => id);
  });
  const rows = new Map((await searchableOf(sql, ids)).map((row) => [row.id, row]));
  return ids.map((id) => rows.get(id) ?? { ...nothing, id });
}

const nothing: Omit<SearchableCertificate, 'id'> = {
  text: '',
  thumbprint: '',
  thumbprint256: '',
  subject: '',
  serial: '',
  profileId: null,
  deviceId: null,
  userId: null,
  previousId: null,
  notAfter: 0,
  issuedAt: 0,
  revokedAt: null,
};
