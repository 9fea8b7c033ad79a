/** A certificate that we issued: the record, for ever. What became of it is written into it; nothing else changes. */
import type { Branded } from '../lib/ids.ts';
import type { IssuerId } from './issuer.ts';

export type CertificateId = Branded<'CertificateId'>;

/** RFC 5280 §5.3.1, without removeFromCRL and certificateHold. */
export const revocationReasons = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
  'aACompromise',
] as const;
export type RevocationReason = (typeof revocationReasons)[number];

export type Certificate = {
  readonly id: CertificateId;
  readonly issuerId: IssuerId;
  /** Hex, lower case, without leading zero octets but for the sign. Unique per issuer. */
  readonly serial: string;
  readonly der: Uint8Array;
  /** `device` certificates may renew; the others never qualify. */
  readonly purpose: 'device' | 'ra' | 'ocsp' | 'tls' | 'issuer';
  readonly subjectText: string;
  readonly subjectAlternativeNames: readonly string[];
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-1 and SHA-256 of the DER, hex. */
  readonly thumbprint: string;
  readonly thumbprint256: string;
  /** SHA-256 of the SubjectPublicKeyInfo, hex. */
  readonly keyHash: string;
  /** Which CRL its CDP names. */
  readonly shard: number;
  /** Later another system may be the judge (`withheld` until it says yes). */
  readonly state: 'prepared' | 'released' | 'withheld';
  readonly deploymentId: string | null;
  readonly generation: number | null;
  /** The one that this one renews. */
  readonly renewsId: CertificateId | null;
  readonly issuedAt: number;
  /** The device said that it is in place. */
  readonly installedAt: number | null;
  readonly revokedAt: number | null;
  readonly revocationReason: RevocationReason | null;
  /** The device said that the next one is in place. */
  readonly supersededAt: number | null;
  /** When it is to be revoked for that; null: it ends by itself. */
  readonly revokeAt: number | null;
};
