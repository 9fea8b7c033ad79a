import type { Deployment } from '../deployments/deployment.ts';

export type RenewalCandidate = {
  readonly deployment: Pick<
    Deployment,
    | 'id'
    | 'deviceId'
    | 'profileId'
    | 'state'
    | 'stateSince'
    | 'stateCause'
    | 'wanted'
    | 'problem'
    | 'generation'
    | 'issuedGeneration'
    | 'revision'
    | 'renewAt'
    | 'certificateNotAfter'
  >;
  /** Whether the next one can be issued: it has an expectation. */
  readonly fillable: boolean;
  /** The current one. */
  readonly certificate: { readonly revokedAt: number | null };
};

/** A query over deployments and certificates together; kept apart from their stores because it belongs to neither. */
export type RenewalCandidates = {
  /**
   * Wanted SCEP deployments that have nothing due, and whose time to renew has come by `now` (ms): that
   * of a revoked certificate has come at once. At most `limit`, those of the earliest day first.
   */
  find(now: number, limit: number): Promise<readonly RenewalCandidate[]>;
};
