import type { Deployment } from '../deployments/deployment.ts';
import type { ProfileHistory } from '../profiles/profile-history.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { type RemovalOccasion, type RemovalRule, removalRule } from '../profiles/removal-rule.ts';

/** What is done with the deployments of a device that leaves, by deployment. Their profiles may be gone. */
export async function leavingRules(
  {
    profiles,
    profileHistory,
  }: { readonly profiles: Pick<ProfileStore, 'get'>; readonly profileHistory: Pick<ProfileHistory, 'latest'> },
  deployments: readonly Deployment[],
  occasion: RemovalOccasion,
): Promise<ReadonlyMap<string, RemovalRule>> {
  const rules = new Map<string, RemovalRule>();
  for (const { id, kind, profileId } of deployments) {
    const profile = (await profiles.get(profileId)) ?? (await profileHistory.latest(profileId));
    rules.set(id, removalRule(occasion, kind, profile));
  }
  return rules;
}
