/** The audit log: a view over the events with the names of what they are about. */
import type { AuditQuery, AuditTrail, ObjectNames } from '../events/audit-trail.ts';
import type { EventId, Subject, SubjectKind } from '../events/event.ts';
import { Failure } from '../lib/failure.ts';
import { isId } from '../lib/ids.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import { type AuditEntry, auditEntry } from './audit-entry.ts';

export type AuditLogDeps = { readonly auditTrail: AuditTrail; readonly objectNames: ObjectNames };

export type AuditLogQuery = Omit<AuditQuery, 'subject'> & {
  /** By id or exact name; of what is gone the id. */
  readonly object: { readonly kind: SubjectKind; readonly name: string } | null;
};

/** Failures: `bad-cursor`, `audit-object-not-found`, `ambiguous-name`. */
export async function auditLog(
  deps: AuditLogDeps,
  { query, page }: { readonly query: AuditLogQuery; readonly page: PageRequest },
): Promise<Page<AuditEntry>> {
  const { object, ...rest } = query;
  const subject = object === null ? null : await findObject(deps, object);
  const { items, next } = await deps.auditTrail.list({ ...rest, subject }, page);
  const names = await deps.objectNames.names(items.flatMap(({ subjects }) => subjects));
  return { items: items.map((event) => auditEntry(event, names)), next };
}

/** Failure `audit-entry-not-found`. */
export async function auditLogEntry(deps: AuditLogDeps, id: EventId): Promise<AuditEntry> {
  const event = await deps.auditTrail.get(id);
  if (event === null) throw new Failure('not-found', 'audit-entry-not-found', 'There is no such entry.', { entry: id });
  return auditEntry(event, await deps.objectNames.names(event.subjects));
}

/** Page by page, until there are no more. */
export async function* auditLogPages(deps: AuditLogDeps, query: AuditLogQuery): AsyncGenerator<readonly AuditEntry[]> {
  let cursor: string | null = null;
  do {
    const page: Page<AuditEntry> = await auditLog(deps, { query, page: { limit: 200, cursor } });
    yield page.items;
    cursor = page.next;
  } while (cursor !== null);
}

async function findObject(
  { objectNames }: AuditLogDeps,
  { kind, name }: { readonly kind: SubjectKind; readonly name: string },
): Promise<Subject> {
  if (isId(name)) return { kind, id: name };
  const [id, ...others] = await objectNames.called(kind, name);
  if (id !== undefined && others.length === 0) return { kind, id };
  if (id === undefined)
    throw new Failure(
      'not-found',
      'audit-object-not-found',
      `There is no ${kind} “${name}”. If it was deleted, give its id; the entry of its deletion has it.`,
      { kind, name },
    );
  throw new Failure('conflict', 'ambiguous-name', `Several ${kind}s are called “${name}”. Say which by its id.`, {
    kind,
    name,
    candidates: [id, ...others].map((each) => ({ id: each, name, detail: '' })),
  });
}
