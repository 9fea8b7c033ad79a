import type { Challenge, ChallengeId } from './challenge.ts';

export type ChallengeStore = {
  insert(challenges: readonly Challenge[]): Promise<void>;
  findBySecretHash(secretHash: string): Promise<Challenge | null>;
  /** Binds a live challenge to a key. False when it is bound to another one or no longer live. */
  bind(id: ChallengeId, key: string): Promise<boolean>;
  /** Live ones of these deployments. Answers how many of each; those without any are left out. */
  cancel(deploymentIds: readonly string[], reason: string): Promise<ReadonlyMap<string, number>>;
  /** Newest first. */
  byDeployment(deploymentId: string, limit: number): Promise<readonly Challenge[]>;
};
