/** What an administrator looks at in the morning, in one answer: each number is that of a list or report. */
import { countByStatus, type DeploymentStatus } from '../deployments/deployment-status.ts';
import { type Clock, day } from '../lib/clock.ts';
import { type ActivityReport, activityReport, type FailureGroup, failureReport } from './activity-report.ts';
import type { ActivitySource } from './activity-store.ts';
import type { CertificateInventory, InventorySummary } from './certificate-inventory.ts';
import type { OverviewStore, ScepRequests } from './overview-store.ts';

export type OverviewDeps = {
  readonly certificateInventory: Pick<CertificateInventory, 'summary'>;
  readonly activity: Pick<ActivitySource, 'sums'>;
  readonly overview: OverviewStore;
  readonly clock: Pick<Clock, 'now'>;
};

/** Days until the end, as overviews show them. */
export const horizons = [7, 30, 60, 90] as const;
/** How far back the SCEP address is judged by what was asked there. */
const recently = day;

export type ProfileCounts = {
  readonly profileId: string;
  readonly total: number;
  readonly counts: Readonly<Record<DeploymentStatus, number>>;
};

export type Overview = {
  readonly states: InventorySummary['states'];
  readonly expiring: readonly { readonly days: number; readonly count: number }[];
  readonly activity: Pick<ActivityReport, 'days' | 'total' | 'timeZone'>;
  readonly failures: readonly FailureGroup[];
  /** Those with the most errors first. */
  readonly profiles: readonly ProfileCounts[];
  readonly devices: Awaited<ReturnType<OverviewStore['devices']>>;
  readonly scep: ScepRequests;
};

export async function overviewReport(
  deps: OverviewDeps,
  { days, timeZone }: { readonly days: number; readonly timeZone: string },
): Promise<Overview> {
  const now = deps.clock.now();
  const period = { days, timeZone, profileId: null, platform: null };
  const { states, ending } = await deps.certificateInventory.summary(
    { profileId: null, platform: null },
    now,
    horizons.map((each) => now + each * day),
  );
  return {
    states,
    expiring: horizons.map((each, at) => ({ days: each, count: ending[at] ?? 0 })),
    activity: await activityReport(deps, period),
    failures: await failureReport(deps, period),
    profiles: byProfile(await deps.overview.deployments()),
    devices: await deps.overview.devices(),
    scep: await deps.overview.scepRequests(now - recently),
  };
}

function byProfile(counts: Awaited<ReturnType<OverviewStore['deployments']>>): readonly ProfileCounts[] {
  const profiles = [...Map.groupBy(counts, ({ profileId }) => profileId)].map(([profileId, some]) => ({
    profileId,
    total: some.reduce((sum, { count }) => sum + count, 0),
    counts: countByStatus(some),
  }));
  return profiles.sort((a, b) => b.counts.error - a.counts.error || (a.profileId < b.profileId ? -1 : 1));
}
