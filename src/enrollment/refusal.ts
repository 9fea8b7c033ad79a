/**
 * Why a SCEP request is refused. The code is stable: it stands in `ScepTransaction.reason`, in events, in the API, and, once
 * the requester has proven who it is, in failInfoText. Where Intune's validation API has a result for it (intune-domain 5.2)
 * the name is that one in kebab-case.
 */
import type { LedgerRefusal } from './issuance-ledger.ts';

/** Nothing is proven yet. On the wire these are all alike, whoever asks: no oracle for keys, challenges or names. */
export const unprovenReasons = [
  'message-malformed',
  'message-type-unsupported',
  'wrong-recipient',
  'signature-validation-failed',
  'decryption-failed',
  'certificate-request-decoding-failed',
  'certificate-request-signature-invalid',
  'content-decoding-failed',
  'registered-key-mismatch', // the signer's key is not the requested one
  'challenge-password-missing',
  'challenge-unknown',
  'signer-self-signed', // where a certificate of ours is needed
  'signer-foreign',
  'signer-forged', // says that we issued it, and we did not
  'signer-not-a-device', // an RA, OCSP, TLS or CA certificate of ours
] as const;

/** What GetCACaps tells anybody, so saying it reveals nothing. */
export const algorithmReasons = [
  'digest-not-allowed',
  'signature-algorithm-not-allowed',
  'cipher-not-allowed',
  'key-transport-not-allowed',
] as const;

/** The requester holds a secret or a key that we know, and is told what is wrong. */
export const provenReasons = [
  'challenge-expired',
  'challenge-spent',
  'challenge-cancelled',
  'challenge-of-another-profile',
  'challenge-of-another-delivery',
  'challenge-bound-to-another-key',
  'scep-profile-no-longer-targeted-to-the-client',
  'expectation-changed',
  'generation-issued',
  'certificate-revoked',
  'serial-taken',
  'subject-name-missing',
  'subject-name-mismatch',
  'subject-alt-name-missing',
  'subject-alt-name-mismatch',
  'key-usage-mismatch',
  'enhanced-key-usage-mismatch',
  'key-type-mismatch',
  'key-length-mismatch',
  'key-weak',
  'basic-constraints-mismatch',
  'security-identifier-mismatch',
  'extension-not-allowed',
  'request-digest-not-allowed',
  'signer-revoked',
  'signer-expired',
  'signer-not-yet-valid',
  'signer-superseded',
  'signer-of-another-profile',
  'signer-of-another-delivery',
  'renewal-not-allowed',
  'renewal-too-early',
  'renewal-same-key',
  'new-challenge-due',
  'approval-rejected',
  'transaction-unknown',
  'certificate-unknown',
  'crl-unavailable',
  'certificate-not-issuable', // the authority would not sign it
  'clock-behind',
] as const;

export type RefusalReason =
  | (typeof unprovenReasons)[number]
  | (typeof algorithmReasons)[number]
  | (typeof provenReasons)[number];

export type Refusal = {
  readonly reason: RefusalReason;
  /** The field of the request that it is about, such as `subject.CN`; null when about none. */
  readonly field: string | null;
  /** Expected beside received and the like: for the console and API, never for the wire. */
  readonly detail: Readonly<Record<string, unknown>>;
};

export function refusal(
  reason: RefusalReason,
  detail: Readonly<Record<string, unknown>> = {},
  field: string | null = null,
): Refusal {
  return { reason, field, detail };
}

/** What the ledger found in the issuing transaction, in the words of a refusal. */
export function ledgerRefusal(reason: Exclude<LedgerRefusal, 'issuer-left'>): Refusal {
  return refusal(reason === 'not-targeted' ? 'scep-profile-no-longer-targeted-to-the-client' : reason);
}
