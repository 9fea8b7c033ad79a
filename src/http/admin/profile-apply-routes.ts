/** `/api/v1/profiles/plan` and `/apply`: profiles as code, all of them or none. */
import { z } from 'zod';
import type { AppliedProfile } from '../../assignments/applied-profile.ts';
import type { ApplyProfilesResult, applyProfiles } from '../../assignments/apply-profiles.ts';
import type { AssignmentStore } from '../../assignments/assignment-store.ts';
import { isFilterDocument } from '../../assignments/filter/filter-document.ts';
import type { ProfileWorld } from '../../assignments/profile-world.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import type { impact } from '../../lifecycle/impact.ts';
import { profilesOf } from '../../lifecycle/intended-change.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import { profileSchema } from '../../profiles/schema/profile-schema.ts';
import { causeOf, demand } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { impactView, profileImpactSchema } from './impact-schemas.ts';
import { list } from './list-schema.ts';
import { type Once, postOnce } from './post-once.ts';
import { findingsSchema } from './problem-schema.ts';
import { documentSchema } from './profile-schemas.ts';
import type { Reviewing } from './reviewed.ts';

export type ProfileApplyUseCases = Reviewing & {
  readonly profiles: Pick<ProfileStore, 'all'>;
  readonly assignments: Pick<AssignmentStore, 'all'>;
  readonly applyProfiles: Bound<typeof applyProfiles>;
  readonly impact: Bound<typeof impact>;
  /** Whether so many devices that lose something would wait to be confirmed. */
  readonly wouldWait: (devices: number) => Promise<boolean>;
  readonly once: Once;
};

/** Bytes; a profile with its certificate and hundreds of assignments is some 20 kB. */
const bodyLimit = 16 * 1024 * 1024;

const lines = list(z.record(z.string(), z.unknown())).describe('As documents write assignments');
const assignmentsSchema = z.object({ added: lines, removed: lines });
const version = z.number().int().positive();

const bodySchema = z.strictObject({
  documents: z
    .array(
      z.strictObject({
        document: documentSchema,
        planned: z
          .strictObject({ version: version.nullable(), assignments: assignmentsSchema.nullable() })
          .optional()
          .describe('`version` and `assignments` as a plan gave them: nothing is done when they hold no more'),
      }),
    )
    .max(1000),
  prune: z
    .strictObject({
      planned: z
        .array(z.strictObject({ slug: z.string(), version }))
        .max(10_000)
        .optional(),
    })
    .optional()
    .describe('Also delete every profile that no document means; `planned`: exactly these'),
});
const planSchema = bodySchema.extend({
  impact: z.boolean().default(false).describe('Also tell what it would do to devices'),
});

const text = z.string().nullable();
export const appliedProfileSchema = z
  .object({
    id: text.describe('Null: there is no such profile yet'),
    slug: text,
    name: text,
    kind: text,
    platform: text,
    action: z.enum(['create', 'change', 'unchanged', 'refused']),
    version: version.nullable().describe('Of the profile before'),
    changes: list(
      z.object({
        path: z.string(),
        before: z.unknown(),
        after: z.unknown(),
        effect: z
          .enum(['reissue', 'redeliver', 'none'])
          .describe('What devices get: a new certificate, a new payload, nothing'),
      }),
    ),
    assignments: assignmentsSchema.nullable().describe('Null: the document says nothing about them'),
    findings: findingsSchema,
  })
  .meta({ id: 'AppliedProfile' });

const removalSchema = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    kind: z.string(),
    platform: z.string(),
    version,
    findings: findingsSchema,
  })
  .meta({ id: 'ProfileRemoval' });

const resultSchema = z
  .object({
    outcome: z.enum(['applied', 'planned', 'refused']).describe('`refused`: there are errors'),
    items: list(appliedProfileSchema).describe('In the order of the documents'),
    removals: list(removalSchema).describe('Deleted, with `prune`'),
  })
  .meta({ id: 'ApplyResult' });

const plannedSchema = resultSchema
  .extend({ impact: list(profileImpactSchema).nullable().describe('Of what changes; null: not asked for, or refused') })
  .meta({ id: 'ApplyPlan' });

/** Names per profile and effect. */
const named = 20;

const tag = 'profiles';

export function registerProfileApplyRoutes(scope: AdminScope, useCases: ProfileApplyUseCases): void {
  scope.get(
    '/profiles/schema',
    documented(
      {
        permission: 'profiles.read',
        tag,
        summary: 'The JSON Schema of profile documents',
        detail: '2020-12, for editors: for each platform only the settings that exist there.',
      },
      { response: { 200: z.record(z.string(), z.unknown()) } },
    ),
    async () => ({ ...profileSchema() }),
  );

  scope.post(
    '/profiles/plan',
    {
      bodyLimit,
      ...documented(
        {
          permission: 'profiles.read',
          tag,
          summary: 'What applying documents would do, without doing it',
          detail:
            'Every difference with its effect, and all findings. Documents may refer to each other; those of the kind `filter` are filters, by their names.',
        },
        { body: planSchema, response: { 200: plannedSchema } },
      ),
    },
    async (request) => {
      const { documents, prune = null, impact } = request.body;
      const before = { profiles: await useCases.profiles.all(), assignments: await useCases.assignments.all() };
      const { world, ...plan } = await useCases.applyProfiles({
        documents,
        prune,
        mode: 'plan',
        cause: causeOf(request),
      });
      if (world === null) return { ...plan, impact: null };
      const items = await reviewedItems(useCases, plan.items, world);
      if (!impact) return { ...plan, items, impact: null };
      const focus = profilesOf(changed(items), plan.removals, world);
      return { ...plan, items, impact: await impactView(useCases, { before, after: world, focus }, named) };
    },
  );

  scope.post(
    '/profiles/apply',
    {
      bodyLimit,
      ...documented(
        {
          permission: 'profiles.write',
          tag,
          summary: 'Make profiles what documents say, all of them or none',
          headers: ['idempotency-key'],
          detail:
            'In one transaction. Errors answer 422 `profiles-invalid` with `params.items` and `params.removals`; a `planned` that holds no more answers 412 `plan-outdated`. Documents with assignments, and those of filters, need `profiles.assign` too.',
        },
        { body: bodySchema, response: { 200: resultSchema } },
      ),
    },
    async (request, reply) => {
      const answer = await postOnce(useCases.once, request, reply, { status: 200 }, async (cause) => {
        const { documents, prune = null } = request.body;
        if (documents.some(({ document }) => isFilterDocument(document) || (document.assignments ?? null) !== null))
          demand(request, 'profiles.assign');
        return accepted(await useCases.applyProfiles({ documents, prune, mode: 'apply', cause }));
      });
      const world = { profiles: await useCases.profiles.all(), assignments: await useCases.assignments.all() };
      return { ...answer, items: await reviewedItems(useCases, answer.items, world) };
    },
  );
}

function changed<Item extends Pick<AppliedProfile, 'action'>>(items: readonly Item[]): Item[] {
  return items.filter(({ action }) => action !== 'unchanged');
}

/** With what is to be said about whom they reach; of what stays as it is, nothing. */
async function reviewedItems(
  { reviewAssignments }: Reviewing,
  items: readonly AppliedProfile[],
  world: ProfileWorld,
): Promise<readonly AppliedProfile[]> {
  const focus = profilesOf(changed(items), [], world);
  const review = await reviewAssignments({ world, focus });
  const bySlug = new Map(world.profiles.map(({ id, slug }) => [slug as string, id]));
  return items.map((item) => {
    const id = item.slug === null || item.action === 'unchanged' ? undefined : bySlug.get(item.slug);
    return id === undefined ? item : { ...item, findings: review(id, item.findings) };
  });
}

function accepted({ world: _, ...result }: ApplyProfilesResult): Omit<ApplyProfilesResult, 'world'> {
  if (result.outcome === 'applied') return result;
  const { items, removals } = result;
  const refused = [...items.filter(({ action }) => action === 'refused'), ...removals].flatMap(
    ({ slug, name, findings }) =>
      findings
        .filter(({ severity }) => severity === 'error')
        .map(({ detail }) => `${slug ?? name ?? 'One'}: ${detail}`),
  );
  const message = `Nothing was changed: ${refused.length} error${refused.length === 1 ? '' : 's'}. ${refused[0] ?? ''}`;
  throw new Failure('invalid', 'profiles-invalid', message, { items, removals });
}
