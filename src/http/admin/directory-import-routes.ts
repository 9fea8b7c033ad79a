/** `/api/v1/directory/import`: the CSV files of an organisation, as a form with files. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type ImportKind, importFiles } from '../../directory/import/import-fault.ts';
import type { ImportFile } from '../../directory/import/import-file.ts';
import type { ImportMonitor } from '../../directory/import/import-monitor.ts';
import { shownChanges } from '../../directory/import/import-preview.ts';
import type { ImportDirectoryResult, importDirectory } from '../../directory/import-directory.ts';
import { readMultipart } from '../../formats/multipart/read-multipart.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import { causeOf, demandEverything } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { list, time } from './list-schema.ts';

export type DirectoryImportUseCases = {
  readonly importDirectory: Bound<typeof importDirectory>;
  readonly importMonitor: ImportMonitor;
  /** Keeps what is uploaded until it has been imported: none of it is held in memory. */
  receiveFile(bytes: AsyncIterable<Uint8Array>): Promise<ImportFile & AsyncDisposable>;
};

/** Bytes of all files. A directory of 100,000 devices is some 75 MB. */
const uploadLimit = 1024 * 1024 * 1024;

const countsSchema = z.object({
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
  pruned: z.number().int(),
});

const allCountsSchema = z.object({
  users: countsSchema,
  groups: countsSchema,
  members: countsSchema,
  devices: countsSchema,
});

const kindSchema = z.enum(['users', 'groups', 'members', 'devices']);

const plannedSchema = z
  .object({
    kind: kindSchema,
    change: z.enum(['created', 'updated', 'removed']),
    name: z.string().describe('Of the user, group or device; of a membership the group’s'),
    member: z
      .object({ kind: z.enum(['user', 'device', 'group']), name: z.string() })
      .nullable()
      .describe('Of a membership: who comes or goes'),
    fields: list(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
  })
  .meta({ id: 'PlannedImportChange' });

const resultSchema = z
  .object({
    kind: z.enum(['imported', 'planned']).describe('`planned`: a dry run, nothing was written'),
    counts: allCountsSchema,
    changes: list(plannedSchema).describe(
      `Of a dry run: what would change, the first ${shownChanges} of each kind and change; else empty`,
    ),
  })
  .meta({ id: 'ImportResult' });

const query = z.strictObject({
  dryRun: z.enum(['true', 'false']).optional().describe('`true`: count and show what would happen, write nothing'),
  pruneLimit: z.coerce
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe('Also remove what is in the files no more, if it is at most so many percent of a kind'),
});

/** For the document; the handler reads the parts as they arrive. */
const formSchema = z.any().meta({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(importFiles).map(([kind, name]) => [kind, { type: 'string', format: 'binary', description: name }]),
  ),
});

const monitorSchema = z
  .object({
    state: z.enum(['running', 'ended']),
    mode: z.enum(['plan', 'apply']).describe('`plan`: a dry run'),
    step: z.enum(['reading', 'comparing', 'users', 'groups', 'devices', 'members']),
    done: z.number().int().describe('Bytes while reading; then rows, and groups for `members`'),
    total: z.number().int(),
    startedAt: time,
    endedAt: time.nullable(),
    outcome: z
      .object({
        kind: z.enum(['imported', 'planned', 'refused', 'prune-refused', 'failed']),
        counts: allCountsSchema.nullable(),
        mistakes: z.number().int().describe('In the files'),
        code: z.string().nullable(),
        detail: z.string().nullable(),
      })
      .nullable()
      .describe('null: it runs'),
  })
  .meta({ id: 'ImportProgress' });

export function registerDirectoryImportRoutes(scope: AdminScope, useCases: DirectoryImportUseCases): void {
  const about = { permission: 'directory.write', tag: 'directory' } as const;

  scope.register(async (inner: AdminScope) => {
    // The handler reads it, once it is known to be wanted.
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
    inner.post(
      '/directory/import',
      documented(
        {
          ...about,
          summary: 'Import users, groups, memberships and devices',
          detail:
            'CSV files as parts of multipart/form-data, named `users`, `groups`, `members` and `devices`; each may be left out. All of it or nothing. Files with mistakes answer 422 `import-refused` with how many there are in `params.total` and the first thousand in `params.faults`: file, line, column, code, detail. Rows add and change; only `pruneLimit` lets remove. The same files again change nothing, so that this may be repeated without an Idempotency-Key. One import at a time: 409 `import-running`.',
        },
        {
          querystring: query,
          consumes: ['multipart/form-data'],
          body: formSchema,
          response: { 200: resultSchema },
        },
      ),
      async (request) => {
        demandEverything('An import');
        const { dryRun, pruneLimit } = request.query;
        const mode = dryRun === 'true' ? 'plan' : 'apply';
        const result = await useCases.importMonitor.watch(mode, async (onProgress) => {
          await using uploads = new AsyncDisposableStack();
          const files = await receive(useCases, request, uploads);
          // Awaited here: what was uploaded is gone once this returns.
          return await useCases.importDirectory({
            files,
            mode,
            prune: pruneLimit === undefined ? null : { limit: pruneLimit },
            onProgress,
            cause: causeOf(request),
          });
        });
        return accepted(result);
      },
    );
  });

  scope.get(
    '/directory/import',
    documented(
      {
        ...about,
        summary: 'How far the import is',
        detail: 'The one that runs on this server now, or ran last; null when there was none since it started.',
      },
      { response: { 200: z.object({ import: monitorSchema.nullable() }) } },
    ),
    async () => {
      demandEverything('An import');
      return { import: useCases.importMonitor.latest() };
    },
  );

  scope.delete(
    '/directory/import',
    documented(
      {
        ...about,
        summary: 'End the import that is under way',
        detail: 'Nothing of it stays: it answers 409 `import-cancelled`. One that is past its last step is not ended.',
      },
      { response: { 200: z.object({ ended: z.boolean().describe('false: none was under way') }) } },
    ),
    async () => {
      demandEverything('An import');
      return { ended: useCases.importMonitor.cancel() };
    },
  );
}

async function receive(
  useCases: DirectoryImportUseCases,
  request: FastifyRequest,
  uploads: AsyncDisposableStack,
): Promise<Record<ImportKind, ImportFile | null>> {
  const files: Record<ImportKind, ImportFile | null> = { users: null, groups: null, members: null, devices: null };
  // What fails is told before the rest is read, and the connection stays for the answer.
  const body = limited(request.raw.iterator({ destroyOnReturn: false }));
  try {
    for await (const { name, bytes } of readMultipart(request.headers['content-type'] ?? '', body)) {
      if (!isKind(name)) throw badPart(name, 'is none of users, groups, members, devices');
      if (files[name] !== null) throw badPart(name, 'came twice');
      files[name] = uploads.use(await useCases.receiveFile(bytes));
    }
  } finally {
    request.raw.resume();
  }
  return files;
}

async function* limited(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = uploadLimit;
  for await (const chunk of chunks) {
    left -= chunk.length;
    if (left < 0)
      throw new Failure('too-large', 'upload-too-large', `The files have more than ${uploadLimit} bytes together.`);
    yield chunk;
  }
}

function isKind(name: string): name is ImportKind {
  return Object.hasOwn(importFiles, name);
}

function badPart(name: string, what: string): Failure {
  return new Failure('malformed', 'multipart-malformed', `The part "${name.slice(0, 80)}" ${what}.`, { part: name });
}

function accepted(result: ImportDirectoryResult) {
  switch (result.kind) {
    case 'imported':
      return { kind: result.kind, counts: result.counts, changes: [] };
    case 'planned':
      return { kind: result.kind, counts: result.counts, changes: result.changes };
    case 'refused':
      throw faulty(result);
    case 'prune-refused':
      throw tooMuch(result.exceeding, result.counts);
  }
}

function faulty({ faults, total }: Extract<ImportDirectoryResult, { kind: 'refused' }>): Failure {
  const [first] = faults;
  const where = first === undefined ? '' : ` The first: ${first.file}:${first.line}:${first.column} ${first.detail}`;
  const message = `The files have ${total} mistake${total === 1 ? '' : 's'}, and nothing was imported.${where}`;
  return new Failure('invalid', 'import-refused', message, { total, faults });
}

function tooMuch(
  exceeding: readonly { readonly kind: ImportKind; readonly percent: number }[],
  counts: unknown,
): Failure {
  const list = exceeding.map(({ kind, percent }) => `${percent} % of ${kind}`).join(', ');
  const message = `Pruning would remove ${list}, more than the limit, and nothing was imported. If that is meant, raise pruneLimit (at the command line --prune-limit).`;
  return new Failure('conflict', 'prune-refused', message, { exceeding, counts });
}
