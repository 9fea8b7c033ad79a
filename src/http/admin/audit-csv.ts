import { csvLine } from '../../formats/csv/write-csv.ts';
import type { AuditEntry } from '../../reporting/audit-entry.ts';

const columns = [
  'time',
  'actor kind',
  'actor',
  'actor id',
  'client address',
  'request id',
  'node',
  'type',
  'objects',
  'field',
  'before',
  'after',
  'detail',
  'id',
] as const;

export const auditCsvHead = csvLine([...columns]);

/** A line for each field that changed, at least one. */
export function auditCsvLines(entry: AuditEntry): string {
  const { actor, changes } = entry;
  const objects = entry.objects.map(({ kind, id, name }) => `${kind} ${name ?? id}`).join('; ');
  const start = [
    new Date(entry.at).toISOString(),
    actor.kind,
    actor.name,
    actor.id ?? '',
    entry.clientAddress ?? '',
    entry.requestId ?? '',
    entry.node,
    entry.type,
    objects,
  ];
  const end = [Object.keys(entry.detail).length === 0 ? '' : JSON.stringify(entry.detail), entry.id];
  const rows = changes.length === 0 ? [['', '', '']] : changes.map(({ field, ...values }) => [field, ...both(values)]);
  return rows.map((row) => csvLine([...start, ...row, ...end].map(inert))).join('');
}

function both({ before, after }: { readonly before: unknown; readonly after: unknown }): readonly string[] {
  return [before, after].map((value) =>
    value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value),
  );
}

/** A spreadsheet calculates what begins so, and names come from strangers: an apostrophe makes it text. */
function inert(cell: string): string {
  return /^[\s]*[=+\-@]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
}
