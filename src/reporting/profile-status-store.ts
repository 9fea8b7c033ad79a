import type { Deployment } from '../deployments/deployment.ts';
import type { DeploymentStatus } from '../deployments/deployment-status.ts';
import type { UserId } from '../directory/user.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { ProfileId } from '../profiles/profile-id.ts';

export type StateCount = Pick<Deployment, 'state' | 'wanted'> & { readonly count: number };

/** How a profile fares, read from indexes: what is counted is what is stored at that moment. */
export type ProfileStatusStore = {
  /** Deployments by state; none for states that do not occur. */
  counts(profileId: ProfileId): Promise<readonly StateCount[]>;
  /** With this status, or any, the worst first; those of one state by how long they have been in it. */
  deployments(profileId: ProfileId, status: DeploymentStatus | null, page: PageRequest): Promise<Page<Deployment>>;
  /**
   * By user, in the order of ids: whom a certificate is for, or else whose device it is on. Devices without a user are
   * not among them.
   */
  users(
    profileId: ProfileId,
    page: PageRequest,
  ): Promise<Page<{ readonly userId: UserId; readonly counts: readonly StateCount[] }>>;
};
