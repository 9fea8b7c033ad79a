/**
 * The end of a deployment, as far as something of it is still to come: whether it may happen at all, while many at once
 * wait for somebody's word; then the revocation, which may be days away. It goes when nothing is left to do, and at once
 * when the deployment is wanted again.
 */
import type { DeploymentId } from '../deployments/deployment.ts';
import type { DeviceId } from '../directory/device.ts';
import type { Actor } from '../events/event.ts';
import type { Branded } from '../lib/ids.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { RemovalOccasion, RemovalRule } from '../profiles/removal-rule.ts';

export type RemovalCaseId = Branded<'RemovalCaseId'>;

export type Removal = {
  /** The deployment's. */
  readonly id: DeploymentId;
  readonly deviceId: DeviceId;
  readonly profileId: ProfileId;
  readonly occasion: RemovalOccasion;
  /** `undecided`: held until all that changed has been looked at; `waiting`: held for a case; `removed`: it has ended. */
  readonly state: 'undecided' | 'waiting' | 'removed';
  readonly caseId: RemovalCaseId | null;
  /** As it was when the deployment lost its ground: the profile may be gone since. */
  readonly rule: RemovalRule;
  readonly at: number;
  /** Whether it counts as one device more when somebody asks whether many went at once. */
  readonly counts: boolean;
  /** ms; null: nothing is to be revoked, or it has been. */
  readonly revokeAt: number | null;
};

/**
 * Many deployments of one profile that lost their ground for one reason at one time, and wait together. What loses its
 * ground later by itself is not theirs: several may wait for one profile and reason.
 */
export type RemovalCase = {
  readonly id: RemovalCaseId;
  readonly profileId: ProfileId;
  readonly occasion: RemovalOccasion;
  /** `rejected`: nothing is taken as long as nobody confirms it; `undone`: all of them are wanted again. */
  readonly state: 'waiting' | 'confirmed' | 'rejected' | 'undone';
  readonly openedAt: number;
  /** When the latest of them came to it, ms: who comes soon after is of them. */
  readonly joinedAt: number;
  /** When somebody was last told that it has waited for long; null: never. */
  readonly remindedAt: number | null;
  readonly decidedAt: number | null;
  readonly decidedBy: Actor | null;
  /** The one that carries it out. */
  readonly jobId: string | null;
};

export const removalCaseStates = [
  'waiting',
  'confirmed',
  'rejected',
  'undone',
] as const satisfies readonly RemovalCase['state'][];
