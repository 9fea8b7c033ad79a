import type { Certificate } from './certificate.ts';
import type { IssuerId } from './issuer.ts';

/** What a responder says about a certificate that we issued. */
export type CertificateStatus = Pick<Certificate, 'state' | 'revokedAt' | 'revocationReason'>;

/** One look-up of few columns: asked for each answer, so that none is older than the revocation. */
export type CertificateStatuses = {
  /** Null: never issued. `serial` in hex, as in `Certificate`. */
  status(issuerId: IssuerId, serial: string): Promise<CertificateStatus | null>;
  /**
   * Whether a device holds a certificate of this issuer that has neither ended nor been revoked. Looks at many rows, unless
   * only at those that were made since a moment, ms.
   */
  anyLive(issuerId: IssuerId, now: number, since?: number): Promise<boolean>;
  /** When the last of its certificates ends that were revoked and have not ended; null: there is none. */
  lastRevokedEnd(issuerId: IssuerId, now: number): Promise<number | null>;
  /**
   * Until the end of the transaction nobody issues or revokes a certificate; what was begun before is waited for. What is read
   * afterwards is the last word.
   */
  hold(): Promise<void>;
};
