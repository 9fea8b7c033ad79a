import type { CertificateId, RevocationReason } from '../authority/certificate.ts';
import type { ProfileId } from '../profiles/profile-id.ts';

/** Certificates whose successor is installed, across certificates and deployments; a query that belongs to neither's store. */
export type SupersededCertificates = {
  /** Those to be revoked by `now` (ms), unrevoked, the longest due first, at most `limit`. */
  due(now: number, limit: number): Promise<readonly DueSuperseded[]>;
  /** They are to end by themselves after all. */
  leave(ids: readonly CertificateId[]): Promise<void>;
};

export type DueSuperseded = {
  readonly id: CertificateId;
  readonly profileId: ProfileId | null;
  /** Decided when an edit of the profile brought its successor; null: a renewal did, and the profile may change its mind. */
  readonly reason: RevocationReason | null;
};
