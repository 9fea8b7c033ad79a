/** What was issued, renewed and revoked and what failed, day by day; and failures by their reasons. */
import type { Platform } from '../directory/platform.ts';
import type { Clock } from '../lib/clock.ts';
import { type ActivityKind, activityKinds } from './activity.ts';
import type { ActivityCount, ActivitySource } from './activity-store.ts';
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

type Deps = { readonly activity: Pick<ActivitySource, 'counts'>; readonly clock: Pick<Clock, 'now'> };

export async function activityReport(deps: Deps, input: ActivityReportInput): Promise<ActivityReport> {
  const { days, counts } = await read(deps, input, activityKinds);
  const sum = (some: readonly ActivityCount[]) => {
    const sums: Record<ActivityKind, number> = { issued: 0, renewed: 0, revoked: 0, failed: 0 };
    for (const { kind, count } of some) sums[kind] += count;
    return sums;
  };
  const byDay = new Map<ZoneDay, ActivityCount[]>(days.map((each) => [each, []]));
  const byStart = new Map(days.map((each) => [each.from, each]));
  for (const each of counts) {
    // What has been counted begins with its day; what has not is few.
    const of = byStart.get(each.from) ?? days.find(({ from, before }) => each.from >= from && each.from < before);
    if (of !== undefined) byDay.get(of)?.push(each);
  }
  return {
    timeZone: input.timeZone,
    days: [...byDay].map(([of, some]) => ({ ...of, ...sum(some) })),
    platforms: [...grouped(counts, ({ platform }) => platform)].map(([platform, some]) => ({ platform, ...sum(some) })),
    profiles: [...grouped(counts, ({ profileId }) => profileId)].map(([profileId, some]) => ({
      profileId,
      ...sum(some),
    })),
    total: sum(counts),
  };
}

/** The most frequent first. */
export async function failureReport(deps: Deps, input: ActivityReportInput): Promise<readonly FailureGroup[]> {
  const { counts } = await read(deps, input, ['failed']);
  const total = (some: readonly ActivityCount[]) => some.reduce((sum, { count }) => sum + count, 0);
  const groups = [...grouped(counts, ({ reason }) => reason ?? 'unknown')].map(([reason, some]) => ({
    reason,
    count: total(some),
    latest: Math.max(...some.map(({ latest }) => latest)),
    profiles: [...grouped(some, ({ profileId }) => profileId)]
      .map(([profileId, its]) => ({ profileId, count: total(its) }))
      .sort((a, b) => b.count - a.count),
    guidance: guidanceFor(reason),
  }));
  return groups.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

async function read({ activity, clock }: Deps, input: ActivityReportInput, kinds: readonly ActivityKind[]) {
  const days = daysInZone(input.timeZone, clock.now(), input.days);
  const counts = await activity.counts({
    from: days[0]?.from ?? 0,
    before: days.at(-1)?.before ?? 0,
    starts: input.timeZone === 'UTC' ? null : days.map(({ from }) => from),
    kinds,
    profileId: input.profileId,
  });
  const { platform } = input;
  return { days, counts: platform === null ? counts : counts.filter((each) => each.platform === platform) };
}

function grouped<Key>(
  counts: readonly ActivityCount[],
  keyOf: (count: ActivityCount) => Key,
): ReadonlyMap<Key, readonly ActivityCount[]> {
  return Map.groupBy(counts, keyOf);
}
