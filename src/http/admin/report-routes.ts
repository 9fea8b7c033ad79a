/** `/api/v1/reports`: what was issued and what failed over time, and what ends soon. */
import { z } from 'zod';
import type { Bound } from '../../lib/bound.ts';
import { type Clock, day } from '../../lib/clock.ts';
import type { ProfileId } from '../../profiles/profile-id.ts';
import { activityKinds } from '../../reporting/activity.ts';
import type { activityReport, failureReport } from '../../reporting/activity-report.ts';
import { anyCertificate, type CertificateInventory } from '../../reporting/certificate-inventory.ts';
import type { FailureList } from '../../reporting/failure-list.ts';
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

export type ReportUseCases = Pick<DirectoryNames, 'devices'> &
  ProfileNames &
  SlugsOf & {
    readonly clock: Pick<Clock, 'now'>;
    readonly certificateInventory: CertificateInventory;
    readonly failures: FailureList;
    readonly activityReport: Bound<typeof activityReport>;
    readonly failureReport: Bound<typeof failureReport>;
  };

const tag = 'reports';
const mostCounted = 10_000;
/** Days until the end, as overviews show them. */
const horizons = [7, 30, 60, 90] as const;

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
        items: groups.map(({ guidance, profiles, ...group }) => ({
          ...group,
          ...guided(group.reason),
          profiles: profiles.map((each) => ({ ...each, profileSlug: slugs.get(each.profileId) ?? null })),
        })),
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
        summary: `How many certificates end within ${horizons.join(', ')} days`,
        detail: `Counts to ${mostCounted}: \`capped\` says that there are more.`,
      },
      {
        querystring: z.strictObject(ofWhom),
        response: {
          200: z.object({ items: list(z.object({ days: count, count, capped: z.boolean() })), next: z.null() }),
        },
      },
    ),
    async ({ query }) => {
      const now = useCases.clock.now();
      const items: { days: number; count: number; capped: boolean }[] = [];
      for (const days of horizons) {
        const expiring = await expiringWithin(days, query.profile, query.platform ?? null);
        // What is capped stays so further on.
        const last = items.at(-1);
        const counted =
          last?.capped === true ? last : await useCases.certificateInventory.count(expiring, now, mostCounted);
        items.push({ days, count: counted.count, capped: counted.capped });
      }
      return { items, next: null };
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

function guided(reason: string) {
  return guidanceFor(reason) ?? { validationCode: null, meaning: null, whatToDo: null };
}

function slugsFor(names: SlugsOf, some: readonly { readonly profileId: string }[]) {
  return slugsOf(names, new Set(some.map(({ profileId }) => profileId as ProfileId)));
}
