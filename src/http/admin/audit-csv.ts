import type { FieldChange } from '../../events/field-change.ts';
import type { AuditEntry } from '../../reporting/audit-entry.ts';
import { type Columns, isoTime } from './send-table.ts';

/** An entry with one of its changed fields: a line of CSV. */
type AuditLine = { readonly entry: AuditEntry; readonly change: FieldChange | null };

export const auditColumns: Columns<AuditLine> = {
  time: ({ entry }) => isoTime(entry.at),
  'actor kind': ({ entry }) => entry.actor.kind,
  actor: ({ entry }) => entry.actor.name,
  'actor id': ({ entry }) => entry.actor.id,
  'client address': ({ entry }) => entry.clientAddress,
  'request id': ({ entry }) => entry.requestId,
  node: ({ entry }) => entry.node,
  type: ({ entry }) => entry.type,
  objects: ({ entry }) => entry.objects.map(({ kind, id, name }) => `${kind} ${name ?? id}`),
  field: ({ change }) => change?.field ?? null,
  before: ({ change }) => textOf(change?.before),
  after: ({ change }) => textOf(change?.after),
  detail: ({ entry }) => (Object.keys(entry.detail).length === 0 ? null : JSON.stringify(entry.detail)),
  id: ({ entry }) => entry.id,
};

/** A line for each field that changed, at least one for each entry. */
export async function* auditLines(pages: AsyncIterable<readonly AuditEntry[]>): AsyncGenerator<AuditLine[]> {
  for await (const entries of pages)
    yield entries.flatMap((entry): AuditLine[] =>
      entry.changes.length === 0 ? [{ entry, change: null }] : entry.changes.map((change) => ({ entry, change })),
    );
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
