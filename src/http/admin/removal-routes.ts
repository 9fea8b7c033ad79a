/** `/api/v1/removals`: mass removals that wait for somebody's word, and what becomes of them. */
import { z } from 'zod';
import type { DeviceStore } from '../../directory/device-store.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import { defaultMassRemoval, type MassRemovalStore } from '../../lifecycle/mass-removal.ts';
import { type RemovalCase, type RemovalCaseId, removalCaseStates } from '../../lifecycle/removal.ts';
import type { RemovalCaseStore } from '../../lifecycle/removal-case-store.ts';
import type { saveMassRemoval } from '../../lifecycle/save-mass-removal.ts';
import type { confirmRemoval, rejectRemoval } from '../../lifecycle/settle-removal.ts';
import type { Profile } from '../../profiles/profile.ts';
import type { ProfileHistory } from '../../profiles/profile-history.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { actorSchema } from './event-schemas.ts';
import { list, time } from './list-schema.ts';
import { pageOf, pageQuery, pageSchema } from './page-schema.ts';
import { type Once, postOnce } from './post-once.ts';
import { rateSchema } from './re-issue-routes.ts';
import { occasionSchema, removalRuleSchema } from './removal-schemas.ts';

export type RemovalUseCases = {
  readonly removalCases: Pick<RemovalCaseStore, 'get' | 'list' | 'items' | 'sizes'>;
  readonly profiles: Pick<ProfileStore, 'get'>;
  readonly profileHistory: Pick<ProfileHistory, 'latest'>;
  readonly devices: Pick<DeviceStore, 'getMany'>;
  readonly massRemoval: Pick<MassRemovalStore, 'get'>;
  readonly confirmRemoval: Bound<typeof confirmRemoval>;
  readonly rejectRemoval: Bound<typeof rejectRemoval>;
  readonly saveMassRemoval: Bound<typeof saveMassRemoval>;
  readonly once: Once;
};

const caseFields = {
  id: z.string(),
  profile: z.object({ id: z.string(), slug: z.string(), name: z.string() }).nullable(),
  occasion: occasionSchema,
  state: z.enum(removalCaseStates),
  waiting: z.number().int().describe('Deployments that are held by it'),
  openedAt: time,
  joinedAt: time.describe('When the latest of them came to it; what goes later by itself is not of them'),
  decidedAt: time.nullable(),
  decidedBy: actorSchema.nullable(),
  jobId: z.string().nullable().describe('Carries it out'),
};
const caseSchema = z.object(caseFields).meta({ id: 'MassRemoval' });
const shownSchema = z
  .object({
    ...caseFields,
    rule: removalRuleSchema.nullable().describe('What would happen to them; null: none is held'),
    first: list(z.object({ deploymentId: z.string(), deviceId: z.string(), deviceName: z.string().nullable() })),
  })
  .meta({ id: 'ShownMassRemoval' });

const settingSchema = z
  .strictObject({
    hold: z.boolean().describe('false: nothing waits, ever'),
    devices: z.number().int().min(1).max(10_000_000).describe('So many devices or more are many'),
    percent: z.number().min(0.01).max(100).describe('So large a share of the devices, or a larger one, is many, …'),
    fewest: z.number().int().min(1).max(10_000_000).describe('… unless they are fewer than this'),
    windowMinutes: z.number().int().min(1).max(10_080).describe('What happens within it counts together'),
    slowDevices: z
      .number()
      .int()
      .min(1)
      .max(10_000_000)
      .default(defaultMassRemoval.slowDevices)
      .describe('So many, or the same share, are many, too, when they go one by one within the slow window'),
    slowWindowHours: z.number().int().min(1).max(720).default(defaultMassRemoval.slowWindowHours),
  })
  .meta({ id: 'MassRemovalSetting' });

const params = z.strictObject({ removal: z.string().min(1).max(100) });
const tag = 'removals';
const shown = 20;

export function registerRemovalRoutes(scope: AdminScope, useCases: RemovalUseCases): void {
  scope.get(
    '/removals',
    documented(
      { permission: 'deployments.read', tag, summary: 'List mass removals that wait or waited, newest first' },
      {
        querystring: pageQuery.extend({ state: z.enum(removalCaseStates).optional() }),
        response: { 200: pageSchema(caseSchema) },
      },
    ),
    async ({ query }) => {
      const { items, next } = await useCases.removalCases.list({ state: query.state ?? null }, pageOf(query));
      return { items: await views(useCases, items), next };
    },
  );

  scope.get(
    '/removals/:removal',
    documented(
      { permission: 'deployments.read', tag, summary: 'Show a mass removal, with what would happen and to whom' },
      { params, response: { 200: shownSchema } },
    ),
    async ({ params: { removal } }) => {
      const id = removal as RemovalCaseId;
      const [view] = await views(useCases, [await find(useCases, id)]);
      const items = await useCases.removalCases.items(id, null, shown);
      const devices = await useCases.devices.getMany(items.map(({ deviceId }) => deviceId));
      const names = new Map(devices.map(({ id, deviceName }) => [id, deviceName]));
      return {
        ...(view as NonNullable<typeof view>),
        rule: items[0]?.rule ?? null,
        first: items.map((item) => ({
          deploymentId: item.id,
          deviceId: item.deviceId,
          deviceName: names.get(item.deviceId) ?? null,
        })),
      };
    },
  );

  scope.post(
    '/removals/:removal/confirm',
    documented(
      {
        permission: 'removals.decide',
        tag,
        summary: 'Have a mass removal carried out, as a job',
        headers: ['idempotency-key'],
        detail: 'Those that are wanted again by then keep what they have. One that was rejected may be confirmed too.',
      },
      { params, body: z.strictObject({ rate: rateSchema.optional() }).nullish(), response: { 200: caseSchema } },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 200 }, async (cause) => {
        const caseId = request.params.removal as RemovalCaseId;
        const one = await find(useCases, caseId);
        const profile = await profileOf(useCases, one);
        const title = `Removal: ${profile?.slug ?? one.profileId}, ${one.occasion}`;
        return viewOf(
          useCases,
          await useCases.confirmRemoval({ caseId, title, rate: request.body?.rate ?? null, cause }),
        );
      }),
  );

  scope.post(
    '/removals/:removal/reject',
    documented(
      {
        permission: 'removals.decide',
        tag,
        summary: 'Reject a mass removal',
        detail: 'Devices keep what they have until the cause is undone, or somebody confirms it after all.',
      },
      { params, response: { 200: caseSchema } },
    ),
    async (request) => {
      const caseId = request.params.removal as RemovalCaseId;
      return viewOf(useCases, await useCases.rejectRemoval({ caseId, cause: causeOf(request) }));
    },
  );

  scope.get(
    '/settings/mass-removal',
    documented(
      { permission: 'settings.read', tag: 'settings', summary: 'From when on removals wait to be confirmed' },
      { response: { 200: settingSchema } },
    ),
    () => useCases.massRemoval.get(),
  );

  scope.put(
    '/settings/mass-removal',
    documented(
      {
        permission: 'settings.write',
        tag: 'settings',
        summary: 'Change from when on removals wait to be confirmed',
        detail: 'Counts from the next change on: what is held stays held.',
      },
      { body: settingSchema, response: { 200: settingSchema } },
    ),
    async (request) => {
      await useCases.saveMassRemoval({ setting: request.body, cause: causeOf(request) });
      return request.body;
    },
  );
}

async function find({ removalCases }: Pick<RemovalUseCases, 'removalCases'>, id: RemovalCaseId): Promise<RemovalCase> {
  const one = await removalCases.get(id);
  if (one !== null) return one;
  throw new Failure('not-found', 'removal-not-found', 'There is no such mass removal.', { removal: id });
}

async function viewOf(useCases: RemovalUseCases, one: RemovalCase): Promise<z.output<typeof caseSchema>> {
  const [view] = await views(useCases, [one]);
  return view as NonNullable<typeof view>;
}

async function views(useCases: RemovalUseCases, cases: readonly RemovalCase[]): Promise<z.output<typeof caseSchema>[]> {
  const sizes = await useCases.removalCases.sizes(cases.map(({ id }) => id));
  const shown: z.output<typeof caseSchema>[] = [];
  for (const one of cases) {
    const { profileId: _, ...rest } = one;
    const profile = await profileOf(useCases, one);
    const named = profile && { id: profile.id, slug: profile.slug, name: profile.name };
    shown.push({ ...rest, profile: named, waiting: sizes.get(one.id) ?? 0 });
  }
  return shown;
}

async function profileOf(
  { profiles, profileHistory }: Pick<RemovalUseCases, 'profiles' | 'profileHistory'>,
  { profileId }: RemovalCase,
): Promise<Profile | null> {
  return (await profiles.get(profileId)) ?? (await profileHistory.latest(profileId));
}
