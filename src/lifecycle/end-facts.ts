/** By what deployments end and what is then done, for those that lost their ground: read together for many. */
import type { Assignment } from '../assignments/assignment.ts';
import { loadCircumstances } from '../assignments/circumstances.ts';
import { loadReach } from '../assignments/load-reach.ts';
import type { NewAssignment } from '../assignments/new-assignment.ts';
import type { ProfileWorld } from '../assignments/profile-world.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { UserId } from '../directory/user.ts';
import { hour } from '../lib/clock.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileHistory } from '../profiles/profile-history.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import { type RemovalOccasion, type RemovalRule, removalRule } from '../profiles/removal-rule.ts';
import type { FindWantedDeps } from './find-wanted.ts';
import { removalOccasion } from './removal-occasion.ts';

export type DeploymentEnd = { readonly occasion: RemovalOccasion; readonly rule: RemovalRule };

export type EndDeps = {
  readonly wanted: FindWantedDeps;
  readonly profileHistory: Pick<ProfileHistory, 'list' | 'latest'>;
};

/** An assignment that was changed longer ago is not why a device loses something now: the queue is never that long. */
const remembered = 6 * hour;

/** In the order of `deployments`. */
export async function endsOf(
  deps: EndDeps,
  deployments: readonly Deployment[],
  now: number,
): Promise<readonly DeploymentEnd[]> {
  const { wanted, profileHistory } = deps;
  const profiles = new Map((await wanted.profiles.all()).map((profile) => [profile.id, profile]));
  const assignments = Map.groupBy(await wanted.assignments.all(), ({ profileId }) => profileId);
  const circumstances = await loadCircumstances(wanted);
  const reaches = await loadReach(wanted.reach, [...new Set(deployments.map(({ deviceId }) => deviceId))]);
  const users = new Set((await wanted.reach.users.getMany(userIdsOf(deployments))).map(({ id }) => id));
  const former = new Map<ProfileId, readonly Assignment[] | null>();
  const last = new Map<ProfileId, Profile | null>();
  for (const id of new Set(deployments.map(({ profileId }) => profileId))) {
    former.set(id, await formerAssignments(profileHistory, id, now));
    last.set(id, profiles.get(id) ?? (await profileHistory.latest(id)));
  }
  return deployments.map((deployment) => {
    const { profileId, deviceId, kind } = deployment;
    const occasion = removalOccasion({
      deployment,
      profile: profiles.get(profileId) ?? null,
      assignments: assignments.get(profileId) ?? [],
      formerAssignments: former.get(profileId) ?? null,
      reach: reaches.get(deviceId) ?? null,
      knowsUser: (id) => users.has(id),
      circumstances,
    });
    return { occasion, rule: removalRule(occasion, kind, last.get(profileId) ?? null) };
  });
}

/** In a world that is only thought of, `after` instead of `before`: by deployment. */
export async function plannedEnds(
  wanted: FindWantedDeps,
  { before, after }: { readonly before: ProfileWorld; readonly after: ProfileWorld },
  deployments: readonly Deployment[],
): Promise<ReadonlyMap<string, DeploymentEnd>> {
  const profiles = new Map(after.profiles.map((profile) => [profile.id, profile]));
  const last = new Map([...before.profiles, ...after.profiles].map((profile) => [profile.id, profile]));
  const assignments = Map.groupBy(after.assignments, ({ profileId }) => profileId);
  const former = Map.groupBy(before.assignments, ({ profileId }) => profileId);
  // Where the profile is gone nothing about the device decides.
  const asked = deployments.filter(({ profileId }) => profiles.has(profileId));
  const reaches = await loadReach(wanted.reach, [...new Set(asked.map(({ deviceId }) => deviceId))]);
  const users = new Set((await wanted.reach.users.getMany(userIdsOf(asked))).map(({ id }) => id));
  const circumstances = await loadCircumstances(wanted);
  return new Map(
    deployments.map((deployment) => {
      const { id, profileId, deviceId, kind } = deployment;
      const profile = profiles.get(profileId);
      const occasion =
        profile === undefined
          ? 'profileDeleted'
          : removalOccasion({
              deployment,
              profile,
              assignments: assignments.get(profileId) ?? [],
              formerAssignments: former.get(profileId) ?? null,
              reach: reaches.get(deviceId) ?? null,
              knowsUser: (userId) => users.has(userId),
              circumstances,
            });
      return [id, { occasion, rule: removalRule(occasion, kind, last.get(profileId) ?? null) }];
    }),
  );
}

function userIdsOf(deployments: readonly Deployment[]): readonly UserId[] {
  return [...new Set(deployments.map(({ userId }) => userId).filter((id) => id !== null))];
}

async function formerAssignments(
  history: Pick<ProfileHistory, 'list'>,
  profileId: ProfileId,
  now: number,
): Promise<readonly Assignment[] | null> {
  const { items } = await history.list({ profileId, kind: 'assigned' }, { limit: 1, cursor: null });
  const [entry] = items;
  const change = entry?.changes?.find(({ path }) => path === 'assignments');
  if (entry === undefined || change === undefined || entry.at < now - remembered) return null;
  return (change.before as readonly NewAssignment[]).map(
    ({ mode, target, filter = null }): Assignment => ({ id: '' as Assignment['id'], profileId, mode, target, filter }),
  );
}
