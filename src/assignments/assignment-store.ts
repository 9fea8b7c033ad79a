import type { ProfileId } from '../profiles/profile-id.ts';
import type { Assignment } from './assignment.ts';

export type AssignmentStore = {
  all(): Promise<readonly Assignment[]>;
  byProfile(profileId: ProfileId): Promise<readonly Assignment[]>;
  /** The given ones become the profile's only ones. */
  replace(profileId: ProfileId, assignments: readonly Assignment[]): Promise<void>;
};
