/** `/api/v1/directory/import`: the CSV files of an organisation, as texts in JSON. */
import { z } from 'zod';
import { type ImportKind, importFiles } from '../../directory/import/import-fault.ts';
import type { ImportDirectoryResult, importDirectory } from '../../directory/import-directory.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { type Once, postOnce } from './post-once.ts';

export type DirectoryImportUseCases = {
  readonly importDirectory: Bound<typeof importDirectory>;
  readonly once: Once;
};

/** Bytes. A directory of 100,000 devices is some 20 MB. */
const bodyLimit = 64 * 1024 * 1024;
/** Of more faults than these nobody reads; the number of all is told. */
const maxFaults = 1000;

const countsSchema = z.object({
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
  pruned: z.number().int(),
});

const resultSchema = z
  .object({
    kind: z.enum(['imported', 'planned']).describe('`planned`: a dry run, nothing was written'),
    counts: z.object({ users: countsSchema, groups: countsSchema, members: countsSchema, devices: countsSchema }),
  })
  .meta({ id: 'ImportResult' });

const csv = z.string().optional();
const bodySchema = z.strictObject({
  files: z
    .strictObject({
      users: csv.describe(importFiles.users),
      groups: csv.describe(importFiles.groups),
      members: csv.describe(importFiles.members),
      devices: csv.describe(importFiles.devices),
    })
    .describe('The text of each file that there is'),
  dryRun: z.boolean().default(false).describe('Count what would happen, write nothing'),
  prune: z
    .strictObject({ limit: z.number().min(0).max(100).default(10).describe('Percent of a kind that may go at most') })
    .optional()
    .describe('Also remove what is in the files no more'),
});

export function registerDirectoryImportRoutes(scope: AdminScope, useCases: DirectoryImportUseCases): void {
  scope.post(
    '/directory/import',
    {
      bodyLimit,
      ...documented(
        {
          permission: 'directory.write',
          tag: 'directory',
          summary: 'Import users, groups, memberships and devices',
          headers: ['idempotency-key'],
          detail:
            'All of it or nothing. A file with mistakes answers 422 `import-refused` with every one in `params.faults`: file, line, column, code, detail. Rows add and change; only `prune` removes.',
        },
        { body: bodySchema, response: { 200: resultSchema } },
      ),
    },
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 200 }, async (cause) => {
        const { files, dryRun, prune } = request.body;
        const { users = null, groups = null, members = null, devices = null } = files;
        const result = await useCases.importDirectory({
          files: { users, groups, members, devices },
          mode: dryRun ? 'plan' : 'apply',
          prune: prune ?? null,
          cause,
        });
        return accepted(result);
      }),
  );
}

function accepted(result: ImportDirectoryResult) {
  switch (result.kind) {
    case 'imported':
    case 'planned':
      return { kind: result.kind, counts: result.counts };
    case 'refused':
      throw faulty(result.faults);
    case 'prune-refused':
      throw tooMuch(result.exceeding, result.counts);
  }
}

function faulty(faults: Extract<ImportDirectoryResult, { kind: 'refused' }>['faults']): Failure {
  const [first] = faults;
  const where = first === undefined ? '' : ` The first: ${first.file}:${first.line}:${first.column} ${first.detail}`;
  const message = `The files have ${faults.length} mistake${faults.length === 1 ? '' : 's'}, and nothing was imported.${where}`;
  return new Failure('invalid', 'import-refused', message, {
    total: faults.length,
    faults: faults.slice(0, maxFaults),
  });
}

function tooMuch(
  exceeding: readonly { readonly kind: ImportKind; readonly percent: number }[],
  counts: unknown,
): Failure {
  const list = exceeding.map(({ kind, percent }) => `${percent} % of ${kind}`).join(', ');
  const message = `Pruning would remove ${list}, more than the limit, and nothing was imported. If that is meant, raise prune.limit (at the command line --prune-limit).`;
  return new Failure('conflict', 'prune-refused', message, { exceeding, counts });
}
