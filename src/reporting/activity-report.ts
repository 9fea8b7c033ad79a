/** What was issued, renewed and revoked and what failed, day by day; and failures by their reasons. */
import type { Platform } from '../directory/platform.ts';
import type { Clock } from '../lib/clock.ts';
import { type ActivityKind, activityKinds } from './activity.ts';
import type { ActivityGroup, ActivitySource } from './activity-store.ts';
import { daysInZone, type ZoneDay } from './days-in-zone.ts';
import { type Guidance, guidanceFor } from './reason-guide.ts';

export type ActivityReportInput = {
  readonly timeZone: string;
  /** How many days, today included. */
  readonly days: number;
  readonly profileId: string | null;
  readonly platform: Platform | null;
};

export type Counts = Readonly<Record<ActivityKind, number>>;

export type ActivityReport = {
  readonly timeZone: string;
  readonly days: readonly (ZoneDay & Counts)[];
  readonly platforms: readonly (Counts & { readonly platform: Platform | null })[];
  readonly profiles: readonly (Counts & { readonly profileId: string })[];
  readonly total: Counts;
};

export type FailureGroup = {
  readonly reason: string;
  readonly count: number;
  readonly latest: number;
  readonly profiles: readonly { readonly profileId: string; readonly count: number }[];
  readonly guidance: Guidance | null;
};

type Deps = { readonly activity: Pick<ActivitySource, 'sums'>; readonly clock: Pick<Clock, 'now'> };

export async function activityReport(deps: Deps, input: ActivityReportInput): Promise<ActivityReport> {
  const { days, sums } = await read(deps, input, activityKinds);
  const countsBy = (of: (kind: ActivityKind) => number): Counts => ({
    issued: of('issued'),
    renewed: of('renewed'),
    revoked: of('revoked'),
    failed: of('failed'),
  });
  const sum = (some: readonly ActivityGroup[]) =>
    countsBy((kind) => some.reduce((total, each) => total + (each.kind === kind ? each.count : 0), 0));
  return {
    timeZone: input.timeZone,
    days: days.map((of, at) => ({ ...of, ...countsBy((kind) => sums.days[kind][at] ?? 0) })),
    platforms: [...Map.groupBy(sums.groups, ({ platform }) => platform)].map(([platform, some]) => ({
      platform,
      ...sum(some),
    })),
    profiles: [...Map.groupBy(sums.groups, ({ profileId }) => profileId)].map(([profileId, some]) => ({
      profileId,
      ...sum(some),
    })),
    total: sum(sums.groups),
  };
}

/** The most frequent first. */
export async function failureReport(deps: Deps, input: ActivityReportInput): Promise<readonly FailureGroup[]> {
  const { sums } = await read(deps, input, ['failed']);
  const total = (some: readonly ActivityGroup[]) => some.reduce((sum, { count }) => sum + count, 0);
  const groups = [...Map.groupBy(sums.groups, ({ reason }) => reason ?? 'unknown')].map(([reason, some]) => ({
    reason,
    count: total(some),
    latest: Math.max(...some.map(({ latest }) => latest)),
    profiles: [...Map.groupBy(some, ({ profileId }) => profileId)]
      .map(([profileId, its]) => ({ profileId, count: total(its) }))
      .sort((a, b) => b.count - a.count),
    guidance: guidanceFor(reason),
  }));
  return groups.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

async function read({ activity, clock }: Deps, input: ActivityReportInput, kinds: readonly ActivityKind[]) {
  const { profileId, platform } = input;
  const days = daysInZone(input.timeZone, clock.now(), input.days);
  const starts = days.map(({ from }) => from);
  return { days, sums: await activity.sums({ starts, before: days.at(-1)?.before ?? 0, kinds, profileId, platform }) };
}
