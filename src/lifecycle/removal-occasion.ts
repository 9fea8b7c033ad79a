import type { Assignment } from '../assignments/assignment.ts';
import type { Circumstances } from '../assignments/circumstances.ts';
import type { Reach } from '../assignments/reach.ts';
import { resolve } from '../assignments/resolve.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { Retirement } from '../directory/device.ts';
import type { UserId } from '../directory/user.ts';
import type { Profile } from '../profiles/profile.ts';
import type { RemovalOccasion } from '../profiles/removal-rule.ts';

export type OccasionFacts = {
  readonly deployment: Pick<Deployment, 'userId'>;
  /** Null: the profile is gone. */
  readonly profile: Profile | null;
  readonly assignments: readonly Assignment[];
  /** As they were before they were last changed, when that may be why; else null. */
  readonly formerAssignments: readonly Assignment[] | null;
  /** Null: the device is gone. */
  readonly reach: Reach | null;
  /** Whether the directory still knows the user of the deployment. */
  readonly knowsUser: (id: UserId) => boolean;
  readonly circumstances: Circumstances;
};

/** By how a device was retired. */
export const retirementOccasion = {
  retire: 'retired',
  wipe: 'wiped',
  unenrol: 'unenrolled',
} as const satisfies Record<Retirement, RemovalOccasion>;

/** What a deployment ended by, as far as that can be told from the world as it is now. */
export function removalOccasion(facts: OccasionFacts): RemovalOccasion {
  const { deployment, profile, assignments, formerAssignments, reach, circumstances } = facts;
  if (reach === null) return 'deviceDeleted';
  if (reach.device.retiredAt !== null) return retirementOccasion[reach.device.retiredBy ?? 'retire'];
  if (profile === null) return 'profileDeleted';
  const { userId } = deployment;
  if (userId !== null && userId !== reach.user?.id) return facts.knowsUser(userId) ? 'userChanged' : 'userDeleted';
  const { applies, reasons } = resolve(profile, assignments, reach, circumstances);
  // It applies in another way: to the device instead of its user, or the other way round.
  if (applies) return 'profileChanged';
  const gaps = new Set(reasons.map(({ code }) => code));
  if (!gaps.has('not-assigned') && !gaps.has('excluded')) return 'notApplicable';
  const was = formerAssignments !== null && resolve(profile, formerAssignments, reach, circumstances).applies;
  return assignments.length === 0 || was ? 'unassigned' : 'leftGroup';
}
