import type { DeploymentId } from '../deployments/deployment.ts';
import type { DeviceId } from '../directory/device.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { RemovalOccasion } from '../profiles/removal-rule.ts';
import type { Removal, RemovalCaseId } from './removal.ts';

export type RemovalStore = {
  /** Insert, or replace by id. */
  save(removals: readonly Removal[]): Promise<void>;
  /** They are forgotten, whatever their state. */
  end(ids: readonly DeploymentId[]): Promise<void>;
  ofDevices(deviceIds: readonly DeviceId[]): Promise<readonly Removal[]>;
  /** How many count that are not older, or that nobody has decided about yet; stops counting at `most`. */
  countSince(since: number, most: number): Promise<number>;
  /** In order of id. */
  undecided(limit: number): Promise<readonly Removal[]>;
  /** All undecided ones of the profile and the occasion wait for this case, and count no more. Answers how many. */
  putIntoCase(
    of: { readonly profileId: ProfileId; readonly occasion: RemovalOccasion },
    caseId: RemovalCaseId,
  ): Promise<number>;
  /** With a revocation that is due, the longest first. */
  due(now: number, limit: number): Promise<readonly Removal[]>;
};

/** Forgets those that are over: nothing is to be revoked, and they are older. Answers how many. */
export type ForgetRemovals = (before: number) => Promise<number>;

/** Those of the occasion that are gone are known to have been meant, and count no more. Answers how many did. */
export type StopCountingRemovals = (occasion: RemovalOccasion) => Promise<number>;
