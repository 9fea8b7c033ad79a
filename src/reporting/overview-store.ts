import type { DeploymentState } from '../deployments/deployment.ts';
import type { Platform } from '../directory/platform.ts';

export type DeploymentCount = {
  readonly profileId: string;
  readonly state: DeploymentState;
  readonly wanted: boolean;
  readonly count: number;
};

/** Counts for an overview: of what is now, in one query each. */
export type OverviewStore = {
  deployments(): Promise<readonly DeploymentCount[]>;
  /** Not the retired ones. */
  devices(): Promise<readonly { readonly platform: Platform; readonly count: number }[]>;
  /** Certificates of devices. */
  certificates(now: number): Promise<{ readonly valid: number; readonly expired: number; readonly revoked: number }>;
};
