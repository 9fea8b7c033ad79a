/** `/api/v1/filters`: rules about devices that assignments use. */
import { z } from 'zod';
import { carriedScopeTags, effectiveScopeTags } from '../../access/scope-tag.ts';
import type { deleteFilter } from '../../assignments/filter/delete-filter.ts';
import type { Filter } from '../../assignments/filter/filter.ts';
import type { FilterStore } from '../../assignments/filter/filter-store.ts';
import type { previewFilter } from '../../assignments/filter/preview-filter.ts';
import type { profilesUsing } from '../../assignments/filter/profiles-using.ts';
import type { saveFilter } from '../../assignments/filter/save-filter.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { platformSchema } from './fact-schemas.ts';
import { findFilter } from './find-filter.ts';
import { nameParam } from './find-named.ts';
import { sendVersion, versionFromIfMatch } from './if-match.ts';
import { list, time } from './list-schema.ts';
import { ownName } from './own-name.ts';
import { pageOf, pageSchema, searchQuery } from './page-schema.ts';
import { type Once, postOnce } from './post-once.ts';
import { findingsSchema } from './problem-schema.ts';

export type FilterUseCases = {
  readonly filters: Pick<FilterStore, 'get' | 'findByName' | 'list'>;
  readonly saveFilter: Bound<typeof saveFilter>;
  readonly deleteFilter: Bound<typeof deleteFilter>;
  readonly previewFilter: Bound<typeof previewFilter>;
  readonly profilesUsing: Bound<typeof profilesUsing>;
  readonly once: Once;
};

const filterSchema = z
  .object({
    id: z.string(),
    name: z.string().describe('Unique without regard to case'),
    description: z.string(),
    platform: platformSchema.describe('Never changes'),
    rule: z.string(),
    readable: z.boolean().describe('false: an earlier release took the rule and this one cannot read it'),
    scopeTags: list(z.string()).describe('Those that count: Default where none was given'),
    version: z.number().int().describe('For If-Match'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Filter' });
const usedBy = list(z.object({ id: z.string(), name: z.string(), slug: z.string() }));
const savedSchema = z
  .object({
    filter: filterSchema,
    outcome: z.enum(['created', 'changed', 'unchanged']),
    findings: findingsSchema.describe('Warnings; errors refuse the filter'),
  })
  .meta({ id: 'SavedFilter' });
const previewSchema = z
  .object({
    findings: findingsSchema.describe('Each with the offset in the rule'),
    matching: z.number().int().nullable().describe('Devices that answer to it; null: it cannot be used'),
    devices: z.number().int().describe('All of the platform that are not retired'),
    items: list(z.object({ id: z.string(), deviceName: z.string() })),
    next: z.number().int().nullable().describe('`skip` of the next page'),
  })
  .meta({ id: 'FilterPreview' });

const params = z.strictObject({ filter: nameParam('Id or exact name') });
// The reader of rules says what is too long, and where.
const rule = z.string().max(100_000);
const changeable = {
  name: ownName,
  description: z.string().max(1000).default(''),
  rule,
  scopeTags: z.array(z.string().trim().min(1).max(200)).max(100).default([]),
};
const input = z.strictObject({ ...changeable, platform: platformSchema });
const previewInput = z.strictObject({
  filter: nameParam('A stored filter, or give `platform` and `rule`').optional(),
  platform: platformSchema.optional(),
  rule: rule.optional(),
  limit: z.number().int().min(1).max(200).default(50),
  skip: z.number().int().min(0).max(10_000_000).default(0),
});
const tag = 'filters';

export function registerFilterRoutes(scope: AdminScope, useCases: FilterUseCases): void {
  scope.get(
    '/filters',
    documented(
      { permission: 'profiles.read', tag, summary: 'List filters', detail: '`search` is a part of the name.' },
      {
        querystring: searchQuery.extend({ platform: platformSchema.optional() }),
        response: { 200: pageSchema(filterSchema) },
      },
    ),
    async ({ query }) => {
      const { search = null, platform = null } = query;
      const page = await useCases.filters.list({ search, platform }, pageOf(query));
      return { items: page.items.map(view), next: page.next };
    },
  );

  scope.post(
    '/filters',
    documented(
      {
        permission: 'profiles.assign',
        tag,
        summary: 'Add a filter',
        headers: ['idempotency-key'],
        detail: 'A rule with errors answers 422 `filter-invalid` with all `params.findings`.',
      },
      { body: input, response: { 201: savedSchema } },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 201 }, async (cause) => {
        const { filter, ...saved } = await useCases.saveFilter({
          id: null,
          version: null,
          ...carried(request.body),
          cause,
        });
        sendVersion(reply, filter.version);
        return { ...saved, filter: view(filter) };
      }),
  );

  scope.get(
    '/filters/:filter',
    documented(
      { permission: 'profiles.read', tag, summary: 'Show a filter, and whose assignments use it' },
      { params, response: { 200: filterSchema.extend({ usedBy }).meta({ id: 'FilterWithUse' }) } },
    ),
    async ({ params }, reply) => {
      const filter = await findFilter(useCases, params.filter);
      sendVersion(reply, filter.version);
      return { ...view(filter), usedBy: [...(await useCases.profilesUsing(filter.id))] };
    },
  );

  scope.put(
    '/filters/:filter',
    documented(
      {
        permission: 'profiles.assign',
        tag,
        summary: 'Replace a filter',
        headers: ['if-match'],
        detail: 'Needs If-Match. Devices that assignments with this filter reach are looked at again.',
      },
      {
        params,
        body: z.strictObject({ ...changeable, platform: platformSchema.optional() }),
        response: { 200: savedSchema },
      },
    ),
    async (request, reply) => {
      const version = versionFromIfMatch(request);
      const known = await findFilter(useCases, request.params.filter);
      const { platform = known.platform, ...given } = carried(request.body);
      const change = { id: known.id, version, platform, ...given, cause: causeOf(request) };
      const { filter, ...saved } = await useCases.saveFilter(change);
      sendVersion(reply, filter.version);
      return { ...saved, filter: view(filter) };
    },
  );

  scope.delete(
    '/filters/:filter',
    documented(
      {
        permission: 'profiles.assign',
        tag,
        summary: 'Delete a filter',
        headers: ['if-match'],
        detail: 'While assignments use it: 409 `filter-in-use` with `params.profiles`. If-Match may be left out.',
      },
      { params, response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const version = request.headers['if-match'] === undefined ? null : versionFromIfMatch(request);
      const { id } = await findFilter(useCases, request.params.filter);
      await useCases.deleteFilter({ id, version, cause: causeOf(request) });
      reply.code(204);
    },
  );

  scope.post(
    '/filters/preview',
    documented(
      {
        permission: 'directory.read',
        tag,
        summary: 'Which of the devices that there are a rule selects',
        detail:
          'Of a stored filter, or of a rule that is being written; nothing is stored. Reads every device of the platform.',
      },
      { body: previewInput, response: { 200: previewSchema } },
    ),
    async ({ body }) => {
      const { platform, rule } = await previewed(useCases, body);
      const { items, ...counts } = await useCases.previewFilter({ platform, rule, limit: body.limit, skip: body.skip });
      return {
        ...counts,
        findings: [...counts.findings],
        items: items.map(({ id, deviceName }) => ({ id, deviceName })),
      };
    },
  );
}

async function previewed(useCases: FilterUseCases, { filter, platform, rule }: z.infer<typeof previewInput>) {
  if (filter !== undefined && platform === undefined && rule === undefined) return findFilter(useCases, filter);
  if (filter === undefined && platform !== undefined && rule !== undefined) return { platform, rule };
  throw new Failure('malformed', 'bad-request', 'Give either `filter`, or `platform` and `rule`.');
}

/** What GET gave can be sent back. */
function carried<Body extends { readonly scopeTags: readonly string[] }>(body: Body): Body {
  return { ...body, scopeTags: carriedScopeTags(body.scopeTags) };
}

function view({ tree, ...filter }: Filter) {
  return { ...filter, scopeTags: [...effectiveScopeTags(filter.scopeTags)], readable: tree !== null };
}
