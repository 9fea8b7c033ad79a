import type { Deployment, DeploymentId } from '../deployments/deployment.ts';
import type { DeviceId } from '../directory/device.ts';
import type { ProfileId } from '../profiles/profile-id.ts';

export type ReIssueQuery = {
  /** Null: of any. */
  readonly profileId: ProfileId | null;
  readonly deviceId: DeviceId | null;
  /** Made up to then, in ms: what is newer has the newest certificate anyway. */
  readonly until: number;
};

export type ReIssueCandidate = Pick<Deployment, 'id' | 'deviceId'>;

/** Wanted SCEP deployments, whether one can be issued or not. */
export type ReIssueCandidates = {
  /** In order of id. */
  next(query: ReIssueQuery, after: DeploymentId | null, limit: number): Promise<readonly ReIssueCandidate[]>;
  count(query: ReIssueQuery): Promise<number>;
};
