/**
 * Compares a request with what its deployment allows, field by field, and says every difference. Pure. Nothing in the
 * request ever reaches the certificate but its public key; the comparison is there so that a client which means something
 * else learns so.
 */
import { type AlgorithmIdentifier, signatureSchemeByOid } from '../formats/x509/algorithms.ts';
import type { Extension } from '../formats/x509/extension.ts';
import { decodeName, type Name } from '../formats/x509/name.ts';
import type { PublicKey } from '../formats/x509/public-key.ts';
import { nameDifferences } from '../formats/x509/same-name.ts';
import { fromBase64, sameBytes } from '../lib/bytes.ts';
import { isFailure } from '../lib/failure.ts';
import type { AllowedDigest } from '../profiles/allowed-algorithms.ts';
import type { Expectation } from '../profiles/expectation.ts';
import { alternativeNameKey, generalNameKey } from './alternative-name-key.ts';
import type { RefusalReason } from './refusal.ts';
import { type RequestedExtensions, requestedExtensions } from './requested-extensions.ts';
import { sameSet } from './same-set.ts';

/** The parts of a `CertificationRequest` that are compared. */
export type CheckedRequest = {
  readonly subject: Name;
  readonly subjectDer: Uint8Array;
  readonly publicKey: PublicKey;
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithm: AlgorithmIdentifier;
};

/** For people: the console and the API show them side by side. */
export type RequestDifference = {
  readonly code: RefusalReason;
  readonly field: string;
  readonly expected: unknown;
  readonly received: unknown;
};

/** Empty when the request is what the deployment allows. In the order of the fields of a certificate. */
export function checkRequest(
  expectation: Expectation,
  digests: readonly AllowedDigest[],
  request: CheckedRequest,
): readonly RequestDifference[] {
  const differences = [
    ...checkSignature(digests, request.signatureAlgorithm),
    ...checkSubject(expectation, request),
    ...checkKey(expectation, request.publicKey),
  ];
  const asked = readExtensions(request.extensions);
  if (asked === undefined)
    return [
      ...differences,
      difference('certificate-request-decoding-failed', 'extensions', 'well-formed', 'malformed'),
    ];
  return [
    ...differences,
    ...checkAlternativeNames(expectation, asked),
    ...checkKeyUsage(expectation, asked),
    ...checkExtendedKeyUsage(expectation, asked),
    ...checkOthers(expectation, asked),
  ];
}

function difference(code: RefusalReason, field: string, expected: unknown, received: unknown): RequestDifference {
  return { code, field, expected, received };
}

function readExtensions(extensions: readonly Extension[]): RequestedExtensions | undefined {
  try {
    return requestedExtensions(extensions);
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

// The profile's hash setting; MD5 never.
function checkSignature(digests: readonly AllowedDigest[], algorithm: AlgorithmIdentifier): RequestDifference[] {
  const digest = signatureSchemeByOid(algorithm.oid)?.digest;
  if (digest !== undefined && digest !== 'md5' && digests.includes(digest)) return [];
  return [difference('request-digest-not-allowed', 'signatureAlgorithm', digests, digest ?? algorithm.oid)];
}

// RDN by RDN, by type, after the preparation of RFC 4518; never as text.
function checkSubject(expectation: Expectation, request: CheckedRequest): RequestDifference[] {
  const expected = fromBase64(expectation.subject) ?? new Uint8Array();
  if (sameBytes(expected, request.subjectDer)) return [];
  const expectedName = decodeName(expected);
  if (request.subject.length === 0 && expectedName.length > 0)
    return [difference('subject-name-missing', 'subject', expectation.subjectText, '')];
  return nameDifferences(expectedName, request.subject).map(({ attribute, expected, received }) =>
    difference('subject-name-mismatch', `subject.${attribute}`, expected ?? null, received ?? null),
  );
}

function checkKey(expectation: Expectation, key: PublicKey): RequestDifference[] {
  if (key.kind !== 'rsa' || key.pssOnly) {
    const received = key.kind === 'ec' ? key.curve : key.kind === 'rsa' ? 'RSASSA-PSS' : key.oid;
    return [difference('key-type-mismatch', 'publicKey', 'RSA', received)];
  }
  const differences: RequestDifference[] = [];
  if (key.bits !== expectation.keySize)
    differences.push(difference('key-length-mismatch', 'publicKey', expectation.keySize, key.bits));
  // A small or even exponent, or an even modulus: no key that the authority would sign.
  const even = (key.exponent.at(-1) ?? 0) % 2 === 0;
  if (even || key.exponent.length < 3 || (key.modulus.at(-1) ?? 0) % 2 === 0)
    differences.push(difference('key-weak', 'publicKey', 'an odd exponent of 65537 or more', 'another'));
  return differences;
}

function checkAlternativeNames(expectation: Expectation, asked: RequestedExtensions): RequestDifference[] {
  const field = 'subjectAlternativeName';
  const expected = expectation.subjectAlternativeNames.map(({ type, value }) => alternativeNameKey(type, value));
  const received = (asked.subjectAlternativeNames ?? []).map(generalNameKey);
  if (sameSet(expected, received)) return [];
  const code = received.length === 0 ? 'subject-alt-name-missing' : 'subject-alt-name-mismatch';
  return [difference(code, field, expected, received)];
}

// What a request does not mention, the profile supplies (Apple devices ask for no usages).
function checkKeyUsage(expectation: Expectation, asked: RequestedExtensions): RequestDifference[] {
  if (asked.keyUsage === undefined || sameSet(expectation.keyUsage, asked.keyUsage)) return [];
  return [difference('key-usage-mismatch', 'keyUsage', expectation.keyUsage, asked.keyUsage)];
}

function checkExtendedKeyUsage(expectation: Expectation, asked: RequestedExtensions): RequestDifference[] {
  const expected = expectation.extendedKeyUsages.map(({ oid }) => oid);
  if (asked.extendedKeyUsages === undefined || sameSet(expected, asked.extendedKeyUsages)) return [];
  return [difference('enhanced-key-usage-mismatch', 'extendedKeyUsage', expected, asked.extendedKeyUsages)];
}

function checkOthers(expectation: Expectation, asked: RequestedExtensions): RequestDifference[] {
  const differences: RequestDifference[] = [];
  if (asked.asksForCa) differences.push(difference('basic-constraints-mismatch', 'basicConstraints', 'no CA', 'CA'));
  const { securityIdentifier } = asked;
  if (securityIdentifier !== undefined && securityIdentifier !== expectation.securityIdentifier)
    differences.push(
      difference(
        'security-identifier-mismatch',
        'securityIdentifier',
        expectation.securityIdentifier,
        securityIdentifier,
      ),
    );
  for (const oid of asked.unknown) differences.push(difference('extension-not-allowed', 'extensions', null, oid));
  return differences;
}
