/** Re-issue of many: all deployments of a device, of a profile, of the devices that answer to a filter, or of everybody. */
import { evaluateFilter } from '../assignments/filter/evaluate-filter.ts';
import type { FilterId } from '../assignments/filter/filter.ts';
import type { FilterStore } from '../assignments/filter/filter-store.ts';
import type { Deployment, DeploymentId } from '../deployments/deployment.ts';
import type { DeviceId } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { JobItem, JobKind, JobOutcome } from '../jobs/job-kind.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { openNextGeneration, type ReIssueDeps, type ReIssued } from './re-issue.ts';
import type { ReIssueCandidate, ReIssueCandidates } from './re-issue-candidates.ts';

export const reIssueJobKind = 're-issue';

/** All that are given must fit. */
export type ReIssueScope = {
  readonly profileId: ProfileId | null;
  readonly deviceId: DeviceId | null;
  readonly filterId: FilterId | null;
  readonly until: number;
};

export type ReIssueJobDeps = Omit<ReIssueDeps, 'transact'> & {
  readonly candidates: ReIssueCandidates;
  readonly filters: Pick<FilterStore, 'get'>;
  readonly devices: Pick<DeviceStore, 'getMany'>;
  readonly profiles: Pick<ProfileStore, 'get'>;
};

/** Read at once while a filter looks for those that answer to it. */
const chunk = 500;

export function reIssueJob(deps: ReIssueJobDeps): JobKind {
  return {
    async count(input) {
      const scope = input as ReIssueScope;
      if (scope.filterId === null) return deps.candidates.count(scope);
      let count = 0;
      for await (const found of matching(deps, scope, null)) count += found.length;
      return count;
    },
    async next(input, cursor, limit) {
      const scope = input as ReIssueScope;
      const after = cursor as DeploymentId | null;
      if (scope.filterId === null) return (await deps.candidates.next(scope, after, limit)).map(itemOf);
      const items: JobItem[] = [];
      for await (const found of matching(deps, scope, after)) {
        items.push(...found.slice(0, limit - items.length).map(itemOf));
        if (items.length >= limit) break;
      }
      return items;
    },
    async work(_input, items, cause) {
      const outcomes: JobOutcome[] = [];
      for (const { id } of items)
        outcomes.push(
          await outcomeOf(deps, id, await openNextGeneration(deps, { deploymentId: id as DeploymentId, cause })),
        );
      return outcomes;
    },
  };
}

function itemOf({ id }: ReIssueCandidate): JobItem {
  return { id, cursor: id };
}

async function* matching(
  deps: ReIssueJobDeps,
  scope: ReIssueScope,
  start: DeploymentId | null,
): AsyncGenerator<readonly ReIssueCandidate[]> {
  const filter = scope.filterId === null ? null : await deps.filters.get(scope.filterId);
  const tree = filter?.tree ?? null;
  // Gone, or not to be read any more: nobody answers to it.
  if (filter === null || tree === null) return;
  let after: DeploymentId | null = start;
  for (;;) {
    const read: readonly ReIssueCandidate[] = await deps.candidates.next(scope, after, chunk);
    const devices = await deps.devices.getMany([...new Set(read.map(({ deviceId }) => deviceId))]);
    const answering = new Set<DeviceId>();
    for (const device of devices)
      if (device.platform === filter.platform && evaluateFilter(tree, device)) answering.add(device.id);
    yield read.filter(({ deviceId }) => answering.has(deviceId));
    if (read.length < chunk) return;
    after = read.at(-1)?.id ?? null;
  }
}

async function outcomeOf(deps: ReIssueJobDeps, id: string, result: ReIssued): Promise<JobOutcome> {
  if (result.kind === 'opened') return { kind: 'done' };
  if (result.kind === 'already') return { kind: 'skipped' };
  const { code, message } = result.failure;
  return { kind: 'failed', name: await nameOf(deps, id, result.deployment), code, detail: message };
}

async function nameOf(
  { devices, profiles }: Pick<ReIssueJobDeps, 'devices' | 'profiles'>,
  id: string,
  deployment: Deployment | null,
): Promise<string> {
  if (deployment === null) return id;
  const [device] = await devices.getMany([deployment.deviceId]);
  const profile = await profiles.get(deployment.profileId);
  return `${device?.deviceName ?? deployment.deviceId}, ${profile?.slug ?? deployment.profileId}`;
}
