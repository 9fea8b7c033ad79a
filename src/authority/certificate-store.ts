import type { Page, PageRequest } from '../lib/page.ts';
import type { Certificate, CertificateId, RevocationReason } from './certificate.ts';
import type { IssuerId } from './issuer.ts';
import type { RevokedList, RevokedPlace } from './revoked-entries.ts';

export type CertificateQuery = {
  readonly deploymentId: string | null;
  readonly deviceId: string | null;
  readonly profileId: string | null;
  /** Serial or thumbprint (exact hex), or part of subject or SAN. */
  readonly search: string | null;
  readonly status: 'valid' | 'expired' | 'revoked' | null;
};

export type RevokedCertificate = Pick<Certificate, 'id' | 'serial'> & {
  readonly revokedAt: number;
  readonly revocationReason: RevocationReason;
  readonly notAfter: number;
};

export type CertificateStore = {
  get(id: CertificateId): Promise<Certificate | null>;
  findBySerial(issuerId: IssuerId, serial: string): Promise<Certificate | null>;
  /** Newest first. */
  list(query: CertificateQuery, now: number, page: PageRequest): Promise<Page<Certificate>>;
  /** For RA, OCSP, TLS and issuer certificates; device certificates come in through the issuing ledger. */
  insert(certificate: Certificate): Promise<void>;
  /**
   * False when it was revoked before: the first reason stands. A CRL that says so is due from then on (`CrlStore.due`), and
   * where a deployment rests on it, the next certificate.
   */
  revoke(id: CertificateId, at: number, reason: RevocationReason): Promise<boolean>;
  markInstalled(id: CertificateId, at: number): Promise<void>;
  /**
   * Those of one CRL, oldest revocation first, that follow on `after` (null: from the start), at most `limit`. What ended
   * and was revoked before `endedBefore` is left out.
   */
  revoked(list: RevokedList, after: RevokedPlace | null, limit: number): Promise<readonly RevokedCertificate[]>;
};
