/** `/api/v1/audit`: who did what, before and after, and whether that record is whole. */
import { z } from 'zod';
import { type EventId, subjectKinds } from '../../events/event.ts';
import { parseHead, type SealHead } from '../../events/seal/seal-block.ts';
import type { SealReport, VerifyProgress, VerifySeals } from '../../events/seal/verify-seals.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import type { AuditEntry } from '../../reporting/audit-entry.ts';
import type { AuditLogQuery, auditLog, auditLogEntry, auditLogPages } from '../../reporting/audit-log.ts';
import type { AdminScope } from './admin-scope.ts';
import { auditColumns, auditLines } from './audit-csv.ts';
import { documented } from './documented.ts';
import { eventTypesSchema } from './event-routes.ts';
import { list, time } from './list-schema.ts';
import { pageOf, pageQuery, pageSchema } from './page-schema.ts';
import { exportFormat, exportResponse, sendTable } from './send-table.ts';

export type AuditUseCases = {
  readonly auditLog: Bound<typeof auditLog>;
  readonly auditLogEntry: (id: EventId) => ReturnType<typeof auditLogEntry>;
  readonly auditLogPages: (query: AuditLogQuery) => ReturnType<typeof auditLogPages>;
  readonly verify: (input: VerifySeals) => Promise<SealReport>;
  /** Null: nobody verifies at the moment. */
  readonly verifying: () => VerifyProgress | null;
  readonly head: () => Promise<SealHead | null>;
};

const entrySchema = z
  .object({
    id: z.string(),
    at: time,
    node: z.string(),
    type: z.string().describe('`<noun>.<what-happened>`'),
    actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
    clientAddress: z.string().nullable(),
    requestId: z.string().nullable(),
    objects: list(z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() })),
    changes: list(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })).describe('Field by field'),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });

const headSchema = z.object({
  number: z.number().int(),
  mac: z.string().describe('HMAC-SHA256 of the block, hex'),
});

const reportSchema = z
  .object({
    whole: z.boolean().describe('Nothing was found'),
    blocks: z.number().int(),
    events: z.number().int().describe('Sealed'),
    unsealed: z.number().int().describe('Written by the server a moment ago, not sealed yet'),
    head: headSchema.nullable(),
    checkpoint: z
      .object({ through: z.number().int(), at: time, events: z.number().int() })
      .nullable()
      .describe('What was pruned by age: up to which block, when, how many events'),
    heldAgainst: headSchema.nullable(),
    findings: list(
      z.object({
        kind: z.string(),
        block: z.number().int().nullable(),
        sealedAt: time.nullable(),
        event: z.object({ id: z.string(), at: time.nullable(), type: z.string().nullable() }).nullable(),
        detail: z.string(),
      }),
    ).describe('The first thousand'),
    found: z.number().int(),
  })
  .meta({ id: 'AuditVerification' });

const filters = {
  by: z
    .enum(['people', 'all'])
    .default('people')
    .describe('`people`: API tokens and operators; `all`: devices, strangers and the server itself too'),
  actor: z.string().min(1).max(200).optional().describe('Part of who did it, by name, or its id'),
  objectKind: z.enum(subjectKinds).optional().describe('Together with `object`'),
  object: z.string().min(1).max(400).optional().describe('Id, or exact name of what is there still'),
  types: eventTypesSchema.optional(),
  from: z.coerce.number().int().min(0).optional().describe('Milliseconds since 1970: not before'),
  to: z.coerce.number().int().min(0).optional().describe('Milliseconds since 1970: before'),
};
const tag = 'audit';

export function registerAuditRoutes(scope: AdminScope, useCases: AuditUseCases): void {
  scope.get(
    '/audit',
    documented(
      {
        permission: 'events.read',
        tag,
        summary: 'The audit log, newest first',
        detail: 'Who did what to which object, when, from where, before and after. A view over the events.',
      },
      { querystring: pageQuery.extend(filters), response: { 200: pageSchema(entrySchema) } },
    ),
    ({ query }) => useCases.auditLog({ query: queryOf(query), page: pageOf(query) }),
  );

  scope.get(
    '/audit/export',
    documented(
      {
        permission: 'events.read',
        tag,
        summary: 'The audit log as a file',
        detail:
          'Streamed. JSON lines have an entry each; CSV a line for each field that changed, with an apostrophe before what a spreadsheet would calculate.',
      },
      {
        querystring: z.strictObject({ ...filters, format: exportFormat }),
        response: { 200: exportResponse },
      },
    ),
    async ({ query }, reply) => {
      const pages = await begun(useCases.auditLogPages(queryOf(query)));
      const { format } = query;
      return format === 'csv'
        ? sendTable(reply, { name: 'audit', format, columns: auditColumns }, auditLines(pages))
        : sendTable(reply, { name: 'audit', format, columns: {} }, pages);
    },
  );

  scope.get(
    '/audit/head',
    documented(
      {
        permission: 'events.read',
        tag,
        summary: 'The last seal',
        detail: 'Keep it elsewhere: a later verification can be held against it.',
      },
      { response: { 200: z.object({ head: headSchema.nullable() }) } },
    ),
    async () => ({ head: await useCases.head() }),
  );

  scope.get(
    '/audit/verification',
    documented(
      {
        permission: 'events.read',
        tag,
        summary: 'Hold the events against their seals',
        detail:
          'Finds events that were altered, removed or inserted past the server, and seals that were removed or replaced. Takes about a second per 50,000 events; one at a time.',
      },
      {
        querystring: z.strictObject({
          head: z.string().max(100).optional().describe('`<number>:<mac>`, kept earlier'),
        }),
        response: { 200: reportSchema },
      },
    ),
    async ({ query }) => {
      const report = await useCases.verify({ head: query.head === undefined ? null : headOf(query.head) });
      return { whole: report.found === 0, ...report };
    },
  );

  scope.get(
    '/audit/verification/progress',
    documented(
      {
        permission: 'events.read',
        tag,
        summary: 'How far the verification is',
        detail: 'The one that runs on this server now, in blocks of the chain; null when none does.',
      },
      {
        response: {
          200: z.object({
            verification: z.object({ done: z.number().int(), total: z.number().int() }).nullable(),
          }),
        },
      },
    ),
    () => ({ verification: useCases.verifying() }),
  );

  scope.get(
    '/audit/entries/:entry',
    documented(
      { permission: 'events.read', tag, summary: 'Show an entry of the audit log' },
      { params: z.strictObject({ entry: z.string().min(1).max(100) }), response: { 200: entrySchema } },
    ),
    ({ params }) => useCases.auditLogEntry(params.entry as EventId),
  );
}

const filtersSchema = z.strictObject(filters);

function queryOf(query: z.infer<typeof filtersSchema>): AuditLogQuery {
  const { by, actor = null, objectKind, object, types = null, from = null, to = null } = query;
  if ((objectKind === undefined) !== (object === undefined))
    throw new Failure('malformed', 'bad-request', 'Give `objectKind` and `object` together, or neither.');
  if (from !== null && to !== null && from >= to)
    throw new Failure('malformed', 'bad-request', 'The time `from` must lie before `to`.');
  const which = objectKind === undefined || object === undefined ? null : { kind: objectKind, name: object };
  return { by, actor, object: which, types, from, to };
}

function headOf(text: string): SealHead {
  const head = parseHead(text);
  if (head !== undefined) return head;
  throw new Failure(
    'malformed',
    'bad-request',
    '`head`: a head is the number of a block, a colon and 64 hex digits, as the log and audit.sealed have it.',
  );
}

/** What can fail fails now, while it can still be answered. */
async function begun(pages: AsyncGenerator<readonly AuditEntry[]>): Promise<AsyncIterable<readonly AuditEntry[]>> {
  const first = await pages.next();
  return (async function* () {
    if (first.done !== true) yield first.value;
    yield* pages;
  })();
}
