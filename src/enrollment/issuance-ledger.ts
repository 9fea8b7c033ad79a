import type { Certificate, CertificateId } from '../authority/certificate.ts';
import type { ChallengeId } from '../challenges/challenge.ts';
import type { DeploymentId } from '../deployments/deployment.ts';
import type { NewEvent } from '../events/event.ts';
import type { ScepTransaction } from '../events/scep-transaction.ts';
import type { PendingRequestId } from './pending-request.ts';

/** What entitles the requester, spent by the commit. */
export type Proof =
  | { readonly kind: 'challenge'; readonly challengeId: ChallengeId }
  | { readonly kind: 'certificate'; readonly certificateId: CertificateId };

export type Issuance = {
  /** Signed; not yet handed to anyone. Its `deploymentId` and `generation` are those below. */
  readonly certificate: Certificate;
  readonly proof: Proof;
  readonly deploymentId: DeploymentId;
  /** The deployment's when the request was checked. */
  readonly revision: number;
  /**
   * The generation that this certificate is. By challenge: the deployment's own. By certificate: the deployment's own
   * when one is due already, else the next one, which the commit then opens.
   */
  readonly generation: number;
  /** When the certificate after this one becomes due, ms. */
  readonly renewAt: number;
  /** The approved request that this answers, if it had to wait. */
  readonly pendingRequestId: PendingRequestId | null;
  readonly events: readonly NewEvent[];
  readonly transaction: ScepTransaction;
  readonly now: number;
};

export type CommitResult =
  | { readonly kind: 'committed' }
  /** The same proof with the same key was answered before: this is the certificate. Unless revoked. */
  | { readonly kind: 'already'; readonly certificate: Certificate }
  | { readonly kind: 'refused'; readonly reason: LedgerRefusal };

export type LedgerRefusal =
  | 'challenge-spent' // with another key
  | 'challenge-cancelled'
  | 'challenge-expired'
  | 'not-targeted'
  | 'expectation-changed'
  | 'generation-issued' // this generation has its certificate, by another proof
  | 'certificate-revoked' // the renewing one, or the one issued before
  | 'issuer-left' // its authority issues by another one since
  | 'serial-taken';

/**
 * The issuing transaction. When `committed` comes back the certificate is durable: the challenge spent and bound to
 * `certificate.keyHash`, its siblings cancelled, the deployment `issued` with this certificate and generation, the events
 * and the transaction row written: all or nothing. Rules stand in conditional updates and unique constraints:
 * one certificate per (deployment, generation), one serial per issuer, one issuance per challenge, one renewal per
 * certificate and key; none by an issuer that its authority has left.
 */
export type IssuanceLedger = {
  commit(issuance: Issuance): Promise<CommitResult>;
};
