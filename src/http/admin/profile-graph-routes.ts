/** `/api/v1/profiles/import` and `/profiles/{profile}/graph`: profiles in the shape of Microsoft Graph. */
import { z } from 'zod';
import type { AssignmentStore } from '../../assignments/assignment-store.ts';
import type { ImportProfilesResult, importProfiles } from '../../assignments/import-profiles.ts';
import { parseJson } from '../../formats/json/parse-json.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import { exportGraph } from '../../profiles/graph/export-graph.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import { causeOf, demand } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { nameParam } from './find-named.ts';
import { findProfile } from './find-profile.ts';
import { list } from './list-schema.ts';
import { type Once, postOnce } from './post-once.ts';
import { findingsSchema } from './problem-schema.ts';
import { appliedProfileSchema } from './profile-apply-routes.ts';
import { documentSchema } from './profile-schemas.ts';
import { textFault } from './text-fault.ts';

export type ProfileGraphUseCases = {
  readonly profiles: Pick<ProfileStore, 'get' | 'findBySlug' | 'findByName'>;
  readonly assignments: Pick<AssignmentStore, 'byProfile'>;
  readonly importProfiles: Bound<typeof importProfiles>;
  /** Where the server answers SCEP for a profile. */
  readonly scepAddressOf: (slug: string) => string;
  readonly once: Once;
};

/** Bytes. */
const bodyLimit = 16 * 1024 * 1024;
const tag = 'profiles';

const importBody = z.strictObject({
  graph: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .describe('An exported object, a list of them, or `{value: []}`; or the text of a file with that'),
  dryRun: z.boolean().default(false).describe('Say what would happen, change nothing'),
  windows81: z.boolean().default(false).describe('Windows profiles become Windows 8.1 instead of Windows 10 and later'),
  roots: z
    .array(z.strictObject({ graphId: z.string().min(1).nullable(), slug: z.string().min(1) }))
    .max(1000)
    .default([])
    .describe(
      'Trusted certificate profiles here: for an id there, or, without one, for references that nothing answers',
    ),
  groups: z
    .array(z.strictObject({ graphId: z.string().min(1), group: z.string().min(1) }))
    .max(1000)
    .default([])
    .describe('Groups here, by name or id, for ids of groups there'),
  filters: z
    .array(z.strictObject({ graphId: z.string().min(1), filter: z.string().min(1) }))
    .max(1000)
    .default([])
    .describe('Filters here, by name or id, for ids of filters there'),
});

const importResult = z
  .object({
    outcome: z.enum(['applied', 'planned', 'refused']).describe('`refused`: there are errors'),
    items: list(
      appliedProfileSchema
        .extend({
          path: z.string().describe('Of the object in the JSON; empty for the whole'),
          type: z.string().describe('Graph’s name of its type'),
          document: documentSchema,
        })
        .meta({ id: 'ImportedProfile' }),
    ).describe('Trusted certificate profiles first; paths of findings are those in the JSON'),
    findings: findingsSchema.describe('Of the import as a whole; paths in the JSON'),
    notCarriedOver: findingsSchema.describe('What the profiles had there, and do not have here'),
  })
  .meta({ id: 'GraphImport' });

export function registerProfileGraphRoutes(scope: AdminScope, useCases: ProfileGraphUseCases): void {
  scope.post(
    '/profiles/import',
    {
      bodyLimit,
      ...documented(
        {
          permission: 'profiles.write',
          tag,
          summary: 'Import profiles of Microsoft Graph, all of them or none',
          headers: ['idempotency-key'],
          detail:
            'SCEP and trusted certificate profiles as exported, with their assignments, which need `profiles.assign` too. A profile of the same kind, platform and name becomes what the JSON says. Errors answer 422 `profiles-invalid` with the whole result in `params`; a dry run answers 200 in any case.',
        },
        { body: importBody, response: { 200: importResult } },
      ),
    },
    async (request, reply) => {
      const { dryRun, graph: given, ...options } = request.body;
      const graph = typeof given === 'string' ? readText(given) : given;
      const permit = (documents: readonly Readonly<Record<string, unknown>>[]) => {
        if (documents.some(({ assignments = null }) => assignments !== null)) demand(request, 'profiles.assign');
      };
      const input = { ...options, graph, permit };
      if (dryRun) return useCases.importProfiles({ ...input, mode: 'plan', cause: causeOf(request) });
      return postOnce(useCases.once, request, reply, { status: 200 }, async (cause) =>
        accepted(await useCases.importProfiles({ ...input, mode: 'apply', cause })),
      );
    },
  );

  scope.get(
    '/profiles/:profile/graph',
    documented(
      {
        permission: 'profiles.read',
        tag,
        summary: 'A profile in the shape of Microsoft Graph',
        detail: 'Graph has no profiles for Linux: 422 `not-in-graph`.',
      },
      {
        params: z.strictObject({ profile: nameParam('Id, slug or exact name') }),
        querystring: z.strictObject({
          root: z.enum(['bind', 'expand']).default('bind').describe('The root certificate by its id, or as a whole'),
        }),
        response: {
          200: z
            .object({
              slug: z.string(),
              object: z.record(z.string(), z.unknown()),
              findings: findingsSchema.describe('What Graph cannot say; paths in our document'),
            })
            .meta({ id: 'GraphExport' }),
        },
      },
    ),
    async ({ params, query }) => {
      const profile = await findProfile(useCases, params.profile);
      const { object, findings } = exportGraph(profile, {
        root: profile.kind === 'scep' ? await useCases.profiles.get(profile.settings.rootCertificate) : null,
        rootAs: query.root,
        assignments: await useCases.assignments.byProfile(profile.id),
        ownScepAddress: useCases.scepAddressOf(profile.slug),
      });
      if (object !== null) return { slug: profile.slug, object, findings };
      throw new Failure('invalid', 'not-in-graph', findings[0]?.detail ?? 'Graph has no such profiles.', { findings });
    },
  );
}

function readText(text: string): unknown {
  const graph = parseJson(text);
  const fault = textFault({ graph });
  if (fault === undefined) return graph;
  throw new Failure('malformed', 'bad-request', fault);
}

function accepted(result: ImportProfilesResult): ImportProfilesResult {
  if (result.outcome === 'applied') return result;
  const errors = [...result.findings, ...result.items.flatMap(({ findings }) => findings)].filter(
    ({ severity }) => severity === 'error',
  );
  const [first] = errors;
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  const message = `Nothing was imported: ${errors.length} error${errors.length === 1 ? '' : 's'}. ${where}${first?.detail ?? ''}`;
  throw new Failure('invalid', 'profiles-invalid', message, { ...result });
}
