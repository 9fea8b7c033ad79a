/**
 * The request that a deployment allows: the profile's templates filled in for one device and its user. The certificate
 * is built from this, never from what the client wrote. Plain JSON, stored with the deployment.
 */
import type {
  ExtendedKeyUsage,
  KeySize,
  KeyUsage,
  SubjectAlternativeNameType,
  ValidityPeriod,
} from './scep-settings.ts';

export type Expectation = {
  /** DER of the Name, base64: the exact encoding the certificate will carry. */
  readonly subject: string;
  /** The same for people, in the CertNameToStr form (values quoted where they need it). */
  readonly subjectText: string;
  readonly subjectAlternativeNames: readonly { readonly type: SubjectAlternativeNameType; readonly value: string }[];
  /** Windows SID for the 1.3.6.1.4.1.311.25.2 extension, when the profile asks for it. */
  readonly securityIdentifier: string | null;
  readonly keyUsage: readonly KeyUsage[];
  readonly extendedKeyUsages: readonly ExtendedKeyUsage[];
  readonly keySize: KeySize;
  readonly validityPeriod: ValidityPeriod | null;
};

export type UnresolvedVariable = { readonly variable: string; readonly reason: string };

/** Why a deployment can have no expectation. `code` is stable; `detail` is for people. */
export type ExpectationFailure = {
  readonly code: string;
  readonly detail: string;
  readonly unresolved: readonly UnresolvedVariable[];
};

export type ExpectationResult =
  | { readonly kind: 'resolved'; readonly expectation: Expectation }
  | { readonly kind: 'failed'; readonly failure: ExpectationFailure };

/** Equal content, not equal objects. */
export function sameExpectation(a: Expectation | null, b: Expectation | null): boolean {
  return sameJson(a, b);
}

/** Two texts of them cost several times as much, and this is asked of every device for every profile. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  if (Array.isArray(a) !== Array.isArray(b) || keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) && sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
