/** An event as an audit log shows it: who did what to which object by name, when, from where, and what it was before. */
import { changesIn } from '../events/about-one.ts';
import type { Actor, Event, Subject } from '../events/event.ts';
import type { FieldChange } from '../events/field-change.ts';

export type AuditEntry = {
  readonly id: string;
  readonly at: number;
  readonly node: string;
  readonly type: string;
  readonly actor: Pick<Actor, 'kind' | 'id' | 'name'>;
  /** Where the request came from, where it is known. */
  readonly clientAddress: string | null;
  readonly requestId: string | null;
  readonly objects: readonly { readonly kind: string; readonly id: string; readonly name: string | null }[];
  readonly changes: readonly FieldChange[];
  /** What else was written down. */
  readonly detail: Readonly<Record<string, unknown>>;
};

/** `names`: what objects are called now, by `<kind> <id>`. */
export function auditEntry(event: Event, names: ReadonlyMap<string, string>): AuditEntry {
  const { id, at, node, type, cause, data } = event;
  const { kind, id: actorId, name, address } = cause.actor;
  const { changes, rest } = data.by === 'import' ? changesOfMany(event, names) : changesOf(data);
  return {
    id,
    at,
    node,
    type,
    actor: { kind, id: actorId, name },
    // Devices and strangers go by their address.
    clientAddress: address ?? (kind === 'client' && /^[\da-f.:]+$/i.test(name) ? name : null),
    requestId: cause.requestId,
    objects: event.subjects.map((subject) => ({
      kind: subject.kind,
      id: subject.id,
      name: nameOf(subject, names, data),
    })),
    changes,
    detail: rest,
  };
}

/** As it was called then, as it is called now, or as the event says of what is gone. */
function nameOf(subject: Subject, names: ReadonlyMap<string, string>, data: Event['data']): string | null {
  const known = subject.name ?? names.get(`${subject.kind} ${subject.id}`);
  if (known !== undefined) return known;
  const said = { user: data.userPrincipalName, device: data.deviceName, certificate: data.subject }[
    subject.kind as 'user'
  ];
  const own =
    said ?? (['group', 'profile', 'filter', 'scopeTag', 'role', 'token'].includes(subject.kind) ? data.name : null);
  return typeof own === 'string' ? own : null;
}

/** Written down field by field, or as two states. */
function changesOf(data: Event['data']): { changes: readonly FieldChange[]; rest: Record<string, unknown> } {
  const { changes, before, after, ...rest } = data;
  if (isChanges(changes)) return { changes, rest };
  if (before === undefined && after === undefined) return { changes: [], rest };
  if (!isRecord(before ?? {}) || !isRecord(after ?? {})) return { changes: [{ field: 'value', before, after }], rest };
  const [old, fresh] = [(before ?? {}) as Record<string, unknown>, (after ?? {}) as Record<string, unknown>];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  return {
    changes: fields.flatMap((field) => {
      const change = { field, before: old[field] ?? null, after: fresh[field] ?? null };
      return JSON.stringify(change.before) === JSON.stringify(change.after) ? [] : [change];
    }),
    rest,
  };
}

/** Fields by the names of whose they are. */
function changesOfMany(
  { subjects, data }: Event,
  names: ReadonlyMap<string, string>,
): { changes: readonly FieldChange[]; rest: Record<string, unknown> } {
  const { changesOf: all, changes: own, ...rest } = data;
  if (isChanges(own)) return { changes: own, rest };
  const changes = changesIn(all);
  return {
    changes: subjects.flatMap((subject) =>
      (changes[subject.id] ?? []).map((change) => ({
        ...change,
        field: `${nameOf(subject, names, {}) ?? subject.id}: ${change.field}`,
      })),
    ),
    rest,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isChanges(value: unknown): value is readonly FieldChange[] {
  return Array.isArray(value) && value.every((each) => isRecord(each) && typeof each.field === 'string');
}
