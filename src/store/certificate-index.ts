import type { CertificateId } from '../authority/certificate.ts';
import { nextTask } from '../lib/next-task.ts';
import type {
  CertificateIndex,
  PreparedSegment,
  SegmentColumns,
  SegmentSource,
} from '../reporting/certificate-index.ts';
import { encodeColumns } from './columns/block.ts';
import { segmentBuilder } from './search/build-segment.ts';
import { segmentSize } from './search/postings.ts';
import { type SearchableCertificate, searchableBetween } from './searchable-certificates.ts';
import { postingPosition, textPosition } from './segment-contents.ts';
import { rowsOfSegment } from './segment-rows.ts';
import type { Sql, SqlRow } from './sql.ts';

/** Rows that are read at once, and made tokens of before others get their turn. */
const portion = 256;

type Last = SqlRow & { number: number; last_id: string };

const selectLast = 'SELECT number, last_id FROM certificate_segment ORDER BY number DESC LIMIT 1';

export function segmentSource(sql: Sql): SegmentSource {
  return {
    async next(before, size) {
      const last = await sql.one<Last>(selectLast);
      const afterId = last?.last_id ?? '';
      const builder = segmentBuilder();
      const all: SearchableCertificate[] = [];
      let lastId = afterId;
      let [earliestEnd, latestEnd] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      while (all.length < size) {
        const range = {
          after: lastId,
          before,
          limit: Math.min(portion, size - all.length),
        };
        const rows = await searchableBetween(sql, range);
        if (rows.length < range.limit) return null;
        for (const row of rows) {
          builder.add(row);
          earliestEnd = Math.min(earliestEnd, row.notAfter);
          latestEnd = Math.max(latestEnd, row.notAfter);
          lastId = row.id;
        }
        all.push(...rows);
        await nextTask();
      }
      const number = last === null ? 0 : last.number + 1;
      const place = {
        number,
        afterId,
        lastId: lastId as CertificateId,
        certificates: all.length,
        earliestEnd,
        latestEnd,
      };
      return { ...place, ...builder.finish(), columns: encodeColumns(all) };
    },
    columns: async (segment) => encodeColumns(await rowsOfSegment(sql, segment)),
  };
}

const writePosting = `INSERT INTO certificate_posting (position, content) VALUES ($1, $2)
  ON CONFLICT (position) DO UPDATE SET content = excluded.content`;
const writeText = `INSERT INTO certificate_text (position, content) VALUES ($1, $2)
  ON CONFLICT (position) DO UPDATE SET content = excluded.content`;
const incomplete = `SELECT number FROM certificate_segment
  WHERE NOT EXISTS (SELECT 1 FROM certificate_columns WHERE position = number) ORDER BY number LIMIT 1`;
const writeColumns = `INSERT INTO certificate_columns (position, content) VALUES ($1, $2)
  ON CONFLICT (position) DO UPDATE SET content = excluded.content`;
const publish = `INSERT INTO certificate_segment
  (number, after_id, last_id, certificates, earliest_end, latest_end, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (number) DO NOTHING`;
const countWaiting = `SELECT COUNT(*) AS count FROM (SELECT certificate_id FROM certificate_search
  WHERE certificate_id > $1 AND certificate_id < $2 LIMIT $3) AS waiting`;
const outdated = `SELECT g.number FROM certificate_segment g WHERE g.made_at >= $1 AND g.certificates <
    (SELECT COUNT(*) FROM certificate_search WHERE certificate_id > g.after_id AND certificate_id <= g.last_id)
  ORDER BY g.number LIMIT 1`;

const empty = `SELECT g.number FROM certificate_segment g WHERE NOT EXISTS
    (SELECT 1 FROM certificate_search WHERE certificate_id > g.after_id AND certificate_id <= g.last_id)
  ORDER BY g.number LIMIT 1`;

/** The segments from this one up to, and without, that one. */
async function remove(sql: Sql, from: number, before: number): Promise<void> {
  const range = [from, before];
  await sql.run(
    `DELETE FROM certificate_gone WHERE EXISTS (SELECT 1 FROM certificate_segment WHERE number >= $1 AND number < $2
       AND certificate_id > after_id AND certificate_id <= last_id)`,
    range,
  );
  await sql.run('DELETE FROM certificate_columns WHERE position >= $1 AND position < $2', range);
  await sql.run('DELETE FROM certificate_segment WHERE number >= $1 AND number < $2', range);
  await sql.run('DELETE FROM certificate_posting WHERE position >= $1 AND position < $2', [
    postingPosition(from, 0),
    postingPosition(before, 0),
  ]);
  await sql.run('DELETE FROM certificate_text WHERE position >= $1 AND position < $2', [
    textPosition(from, 0),
    textPosition(before, 0),
  ]);
}

export function certificateIndex(sql: Sql): CertificateIndex {
  return {
    segmentSize,
    async waiting(before, most) {
      const last = await sql.one<Last>(selectLast);
      const row = await sql.one<SqlRow & { count: number }>(countWaiting, [last?.last_id ?? '', before, most]);
      return Number(row?.count ?? 0);
    },
    async write(segment, from, count) {
      const { number, postings, texts } = segment;
      const some = postings.slice(from, from + count);
      await sql.runMany(
        writePosting,
        some.map(([bucket, content]) => [postingPosition(number, bucket), content]),
      );
      const skipped = Math.max(0, from - postings.length);
      const rest = from + count - postings.length;
      if (rest > 0)
        await sql.runMany(
          writeText,
          texts.slice(skipped, rest).map((content, at) => [textPosition(number, skipped + at), content]),
        );
      return from + count < postings.length + texts.length;
    },
    async publish({ number, afterId, lastId, certificates, earliestEnd, latestEnd, columns }: PreparedSegment, now) {
      await sql.run(writeColumns, [number, columns]);
      await sql.run(publish, [number, afterId, lastId, certificates, earliestEnd, latestEnd, now]);
    },
    async firstOutdated(since) {
      const row = await sql.one<SqlRow & { number: number }>(outdated, [since]);
      return row?.number ?? null;
    },
    async firstEmpty() {
      const row = await sql.one<SqlRow & { number: number }>(empty);
      return row?.number ?? null;
    },
    remove: (number) => remove(sql, number, number + 1),
    async withdrawFrom(number) {
      const last = await sql.one<Last>(selectLast);
      if (last !== null) await remove(sql, number, last.number + 1);
    },
  };
}

export function segmentColumns(sql: Sql): SegmentColumns {
  return {
    async firstMissing() {
      const row = await sql.one<SqlRow & { number: number }>(incomplete);
      return row?.number ?? null;
    },
    async write(segment, columns) {
      await sql.run(writeColumns, [segment, columns]);
    },
  };
}
