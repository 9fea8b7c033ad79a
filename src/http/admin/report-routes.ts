/** `/api/v1/reports`: what was issued and what failed over time, and what ends soon. */
import { z } from 'zod';
import type { Bound } from '../../lib/bound.ts';
import { type Clock, day } from '../../lib/clock.ts';
import type { ProfileId } from '../../profiles/profile-id.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import { activityKinds } from '../../reporting/activity.ts';
import type { activityReport, FailureGroup, failureReport } from '../../reporting/activity-report.ts';
import { anyCertificate, type CertificateInventory } from '../../reporting/certificate-inventory.ts';
import type { FailureList } from '../../reporting/failure-list.ts';
import { horizons, type overviewReport } from '../../reporting/overview.ts';
import { guidanceFor } from '../../reporting/reason-guide.ts';
import type { AdminScope } from './admin-scope.ts';
import { type DirectoryNames, findDevice } from './directory-names.ts';
import { documented } from './documented.ts';
import { platformSchema } from './fact-schemas.ts';
import { nameParam } from './find-named.ts';
import { findProfile, type ProfileNames } from './find-profile.ts';
import { inventoryItemSchema, inventoryLine } from './inventory-schemas.ts';
import { list, time } from './list-schema.ts';
import { type SlugsOf, slugsOf } from './name-deployments.ts';
import { pageOf, pageQuery, pageSchema } from './page-schema.ts';
import { statusCountsSchema } from './profile-status-routes.ts';

export type ReportUseCases = Pick<DirectoryNames, 'devices'> &
  ProfileNames &
  SlugsOf & {
    readonly profiles: Pick<ProfileStore, 'all'>;
    readonly clock: Pick<Clock, 'now'>;
    readonly certificateInventory: CertificateInventory;
    readonly failures: FailureList;
    readonly activityReport: Bound<typeof activityReport>;
    readonly failureReport: Bound<typeof failureReport>;
    readonly overviewReport: Bound<typeof overviewReport>;
    readonly scepAddress: () => string;
  };

const tag = 'reports';

const count = z.number().int();
const ofWhom = {
  profile: nameParam('Id, slug or exact name').optional(),
  platform: platformSchema.optional().describe('Of the profile'),
};
const period = z.strictObject({
  ...ofWhom,
  days: z.coerce.number().int().min(1).max(366).default(30).describe('Today included'),
  timeZone: z.string().min(1).max(64).default('UTC').describe('IANA name: whose days'),
});
const slug = z.string().nullable().describe('The last one, where the profile is deleted');
const counts = z.object({ issued: count, renewed: count, revoked: count, failed: count });
const activitySchema = z
  .object({
    timeZone: z.string(),
    days: list(counts.extend({ date: z.string().describe('In the time zone'), from: time, before: time })),
    platforms: list(counts.extend({ platform: platformSchema.nullable().describe('Null: no longer known') })),
    profiles: list(counts.extend({ profileId: z.string(), profileSlug: slug })),
    total: counts,
  })
  .meta({ id: 'ActivityReport' });

const guidance = {
  validationCode: z.string().nullable().describe('In the words of the big product’s validation interface'),
  meaning: z.string().nullable(),
  whatToDo: z.string().nullable(),
};
const failureGroupSchema = z
  .object({
    reason: z.string(),
    count,
    latest: time,
    profiles: list(z.object({ profileId: z.string(), profileSlug: slug, count })),
    ...guidance,
  })
  .meta({ id: 'FailureGroup' });
const failureSchema = z
  .object({
    id: z.string().describe('Of its event'),
    at: time,
    node: z.string(),
    requestId: z.string().nullable(),
    reason: z.string(),
    deviceId: z.string().nullable(),
    deviceName: z.string().nullable().describe('The last one, where the device is deleted'),
    profileId: z.string().nullable(),
    profileSlug: slug,
    deploymentId: z.string().nullable(),
    by: z.string().describe('Who was there, by name or address'),
    detail: z.record(z.string(), z.unknown()).describe('The field that it is about, expected beside received'),
    ...guidance,
  })
  .meta({ id: 'Failure' });

const overviewSchema = z
  .object({
    certificates: z.object({ valid: count, expired: count, revoked: count }).describe('Of devices'),
    expiring: list(z.object({ days: count, count })),
    activity: activitySchema.pick({ timeZone: true, days: true, total: true }),
    failures: list(failureGroupSchema).describe('The most frequent first'),
    profiles: list(
      z.object({
        profileId: z.string(),
        profileSlug: z.string(),
        profileName: z.string(),
        kind: z.enum(['scep', 'trustedCertificate']),
        platform: platformSchema,
        total: count,
        counts: statusCountsSchema,
      }),
    ).describe('The most errors first'),
    devices: list(z.object({ platform: platformSchema, count })).describe('Not the retired ones'),
    scep: z.object({
      address: z.string().describe('What the addresses of profiles begin with'),
      isLoopback: z
        .boolean()
        .describe('Only this machine reaches it there: `SCEPWARD_PUBLIC_URL` says where devices do'),
      since: time,
      outcomes: z.object({ success: count, pending: count, failure: count, error: count }).describe('PKIOperations'),
      capped: z.boolean().describe('There were more'),
      lastAt: time.nullable(),
      lastSuccessAt: time.nullable(),
    }),
  })
  .meta({ id: 'Overview' });

export function registerReportRoutes(scope: AdminScope, useCases: ReportUseCases): void {
  const profileOf = async (profile: string | undefined) =>
    profile === undefined ? null : (await findProfile(useCases, profile)).id;
  const asked = async ({ profile, platform, days, timeZone }: z.infer<typeof period>) => ({
    timeZone,
    days,
    platform: platform ?? null,
    profileId: await profileOf(profile),
  });

  scope.get(
    '/reports/overview',
    documented(
      {
        permission: 'deployments.read',
        tag,
        summary: 'The numbers of an overview, in one answer',
        detail:
          'Certificates by state; how many that are valid and the latest of their deployment end soon; activity by day and failures by reason, as `/reports/activity` and `/reports/failures` have them; deployments by status for each profile, the most errors first; devices; what was asked at the SCEP addresses within a day, the latest 1000 PKIOperations.',
      },
      {
        querystring: period.pick({ days: true, timeZone: true }),
        response: { 200: overviewSchema },
      },
    ),
    async ({ query }) => {
      const { states, expiring, activity, failures, profiles, devices, scep } = await useCases.overviewReport(query);
      const known = new Map((await useCases.profiles.all()).map((each) => [each.id as string, each]));
      const slugs = await slugsFor(
        useCases,
        failures.flatMap((each) => each.profiles),
      );
      const address = useCases.scepAddress();
      return {
        certificates: states,
        expiring: [...expiring],
        activity: { timeZone: activity.timeZone, days: activity.days, total: activity.total },
        failures: failures.map((group) => failureGroup(group, slugs)),
        profiles: profiles.flatMap((each) => {
          const profile = known.get(each.profileId);
          if (profile === undefined) return [];
          const { slug, name, kind, settings } = profile;
          return [{ ...each, profileSlug: slug, profileName: name, kind, platform: settings.platform }];
        }),
        devices: [...devices],
        scep: { address, isLoopback: isLoopback(new URL(address).hostname), ...scep },
      };
    },
  );

  scope.get(
    '/reports/activity',
    documented(
      {
        permission: 'deployments.read',
        tag,
        summary: 'What was issued, renewed and revoked and what failed, by day',
        detail: `${activityKinds.join(', ')}: a deployment’s first certificate is issued, every later one renewed, whichever way it was asked for. Days are those of \`timeZone\`. Exact up to now.`,
      },
      { querystring: period, response: { 200: activitySchema } },
    ),
    async ({ query }) => {
      const report = await useCases.activityReport(await asked(query));
      const slugs = await slugsFor(useCases, report.profiles);
      return {
        ...report,
        profiles: report.profiles.map((each) => ({ ...each, profileSlug: slugs.get(each.profileId) ?? null })),
      };
    },
  );

  scope.get(
    '/reports/failures',
    documented(
      { permission: 'deployments.read', tag, summary: 'Failures by reason, the most frequent first' },
      { querystring: period, response: { 200: z.object({ items: list(failureGroupSchema), next: z.null() }) } },
    ),
    async ({ query }) => {
      const groups = await useCases.failureReport(await asked(query));
      const slugs = await slugsFor(
        useCases,
        groups.flatMap(({ profiles }) => profiles),
      );
      return {
        items: groups.map((group) => failureGroup(group, slugs)),
        next: null,
      };
    },
  );

  scope.get(
    '/reports/failures/list',
    documented(
      {
        permission: 'events.read',
        tag,
        summary: 'Failures one by one, newest first',
        detail:
          'A page may have fewer items than `limit`, or none, while `next` leads on: where little matches, a page ends after so many failures have been looked at.',
      },
      {
        querystring: pageQuery.extend({
          reason: z.string().min(1).max(100).optional(),
          profile: ofWhom.profile,
          device: nameParam('Id or exact name').optional(),
        }),
        response: { 200: pageSchema(failureSchema) },
      },
    ),
    async ({ query }) => {
      const { reason = null, device } = query;
      const deviceId = device === undefined ? null : (await findDevice(useCases, device)).id;
      const profileId = await profileOf(query.profile);
      const { items, next } = await useCases.failures.page({ reason, profileId, deviceId }, pageOf(query));
      return { items: items.map((each) => ({ ...each, ...guided(each.reason) })), next };
    },
  );

  scope.get(
    '/reports/expiring',
    documented(
      {
        permission: 'certificates.read',
        tag,
        summary: 'Certificates that end soon and are the latest of their deployment, the next to end first',
        detail:
          'Others, and more filters: `/certificates` with `expiresBefore` and `sort=expires`; whole, as CSV or JSON lines: `/certificates/export`.',
      },
      {
        querystring: pageQuery.extend({ ...ofWhom, days: z.coerce.number().int().min(1).max(3660).default(30) }),
        response: { 200: pageSchema(inventoryItemSchema) },
      },
    ),
    async ({ query }) => {
      const now = useCases.clock.now();
      const expiring = await expiringWithin(query.days, query.profile, query.platform ?? null);
      const page = await useCases.certificateInventory.page(expiring, now, pageOf(query));
      return { items: page.items.map((each) => inventoryLine(each, now)), next: page.next };
    },
  );

  scope.get(
    '/reports/expiring/counts',
    documented(
      {
        permission: 'certificates.read',
        tag,
        summary: `How many certificates that are valid and the latest of their deployment end within ${horizons.join(', ')} days`,
      },
      {
        querystring: z.strictObject(ofWhom),
        response: { 200: z.object({ items: list(z.object({ days: count, count })), next: z.null() }) },
      },
    ),
    async ({ query }) => {
      const of = { profileId: await profileOf(query.profile), platform: query.platform ?? null };
      return { items: (await endings(useCases, of)).ending, next: null };
    },
  );

  async function expiringWithin(
    days: number,
    profile: string | undefined,
    platform: z.infer<typeof platformSchema> | null,
  ) {
    return {
      ...anyCertificate,
      profileId: await profileOf(profile),
      platform,
      status: 'valid',
      current: true,
      expiresBefore: useCases.clock.now() + days * day,
      sort: 'expires',
      descending: false,
    } as const;
  }
}

function failureGroup({ guidance: _, profiles, ...group }: FailureGroup, slugs: ReadonlyMap<string, string>) {
  return {
    ...group,
    ...guided(group.reason),
    profiles: profiles.map((each) => ({ ...each, profileSlug: slugs.get(each.profileId) ?? null })),
  };
}

/** Nobody else reaches it there. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

/** By state, and how many end within each horizon. */
async function endings(
  { certificateInventory, clock }: Pick<ReportUseCases, 'certificateInventory' | 'clock'>,
  of: Parameters<CertificateInventory['summary']>[0],
) {
  const now = clock.now();
  const { states, ending } = await certificateInventory.summary(
    of,
    now,
    horizons.map((days) => now + days * day),
  );
  return { states, ending: horizons.map((days, at) => ({ days, count: ending[at] ?? 0 })) };
}

function guided(reason: string) {
  return guidanceFor(reason) ?? { validationCode: null, meaning: null, whatToDo: null };
}

function slugsFor(names: SlugsOf, some: readonly { readonly profileId: string }[]) {
  return slugsOf(names, new Set(some.map(({ profileId }) => profileId as ProfileId)));
}
