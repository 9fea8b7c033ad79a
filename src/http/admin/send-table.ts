import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { keepViewer } from '../../access/viewing.ts';
import { csvLine, spreadsheetText } from '../../formats/csv/write-csv.ts';
import { fileResponse } from './documented.ts';
import { lineType, sendLines } from './send-lines.ts';

/** Columns by their heads. Times are written as people read them, lists with semicolons. */
export type Columns<T> = Readonly<Record<string, (row: T) => string | number | boolean | null | readonly string[]>>;

export const exportFormat = z
  .enum(['csv', 'jsonl'])
  .default('csv')
  .describe('CSV (RFC 4180), or a JSON document per line');
export const exportResponse = fileResponse('The whole list, as it is read', 'text/csv', lineType);

/**
 * A whole list as a download, sent as fast as it is taken: nothing is gathered, and whoever hangs up ends the work. What
 * fails in the middle cuts the answer off, which a client sees.
 */
export function sendTable<T>(
  reply: FastifyReply,
  table: { readonly name: string; readonly format: 'csv' | 'jsonl'; readonly columns: Columns<T> },
  batches: AsyncIterable<readonly T[]>,
): FastifyReply {
  reply
    .header('content-disposition', `attachment; filename="${table.name}.${table.format}"`)
    .header('x-content-type-options', 'nosniff');
  if (table.format === 'jsonl') return sendLines(reply, batches);
  return reply
    .header('content-type', 'text/csv; charset=utf-8')
    .send(Readable.from(csv(table.columns, keepViewer(batches))));
}

async function* csv<T>(columns: Columns<T>, batches: AsyncIterable<readonly T[]>): AsyncGenerator<string> {
  const readers = Object.values(columns);
  yield csvLine(Object.keys(columns));
  for await (const rows of batches) {
    let text = '';
    for (const row of rows) text += csvLine(readers.map((read) => cell(read(row))));
    if (text !== '') yield text;
  }
}

function cell(value: ReturnType<Columns<unknown>[string]>): string {
  if (value === null) return '';
  // Our own numbers are no formulas, and no text of theirs is one any more.
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return spreadsheetText(typeof value === 'string' ? value : value.join('; '));
}

/** ms as ISO 8601, UTC, whole seconds. */
export function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
