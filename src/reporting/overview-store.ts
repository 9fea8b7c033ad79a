import type { DeploymentState } from '../deployments/deployment.ts';
import type { Platform } from '../directory/platform.ts';
import type { ScepTransaction } from '../events/scep-transaction.ts';

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
  /** PKIOperations since then, the latest of them. */
  scepRequests(since: number): Promise<ScepRequests>;
};

/** What was asked at the SCEP addresses; times are ms. */
export type ScepRequests = {
  readonly since: number;
  /** By what became of them; all of these together are at most 1000. */
  readonly outcomes: Readonly<Record<ScepTransaction['outcome'], number>>;
  /** There were more. */
  readonly capped: boolean;
  readonly lastAt: number | null;
  readonly lastSuccessAt: number | null;
};
