import type { Deployment } from '../deployments/deployment.ts';
import type { ProfileId } from '../profiles/profile-id.ts';

export type RenewalCandidate = {
  readonly deployment: Pick<
    Deployment,
    'id' | 'deviceId' | 'profileId' | 'state' | 'wanted' | 'generation' | 'issuedGeneration' | 'revision'
  >;
  /** The current certificate; times in ms. */
  readonly certificate: { readonly notAfter: number; readonly revokedAt: number | null };
};

/** A query over deployments and certificates together; kept apart from their stores because it belongs to neither. */
export type RenewalCandidates = {
  /**
   * Wanted SCEP deployments of a profile that have an expectation and nothing due, and whose current certificate was
   * revoked, or has at most `remainingPercent` of its lifetime left (so also when it ended), or whose state is `deleted` or
   * `revoked`. At most `limit`, the earliest notAfter first.
   */
  find(
    query: { readonly profileId: ProfileId; readonly remainingPercent: number; readonly now: number },
    limit: number,
  ): Promise<readonly RenewalCandidate[]>;
};
