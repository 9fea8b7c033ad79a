import { type Certificate, parseCertificate } from '../formats/x509/certificate.ts';
import { extensionOid } from '../formats/x509/extension.ts';
import { decodeName } from '../formats/x509/name.ts';
import { sameName } from '../formats/x509/same-name.ts';
import { fromBase64 } from '../lib/bytes.ts';
import type { Expectation } from '../profiles/expectation.ts';
import { alternativeNameKey, generalNameKey } from './alternative-name-key.ts';
import { requestedExtensions } from './requested-extensions.ts';
import { sameSet } from './same-set.ts';

const compared: ReadonlySet<string> = new Set([
  extensionOid.subjectAltName,
  extensionOid.keyUsage,
  extensionOid.extendedKeyUsage,
  extensionOid.microsoftSid,
]);

/**
 * Whether a certificate of ours says what the expectation would have it say now. What is not in a certificate's content
 * (how long the next one lives, its key) is left aside: renewal exists to change that.
 */
export function sameContent(expectation: Expectation, der: Uint8Array): boolean {
  const certificate: Certificate = parseCertificate(der);
  const has = requestedExtensions(certificate.extensions.filter(({ oid }) => compared.has(oid)));
  const key = certificate.publicKey;
  return (
    sameName(decodeName(fromBase64(expectation.subject) ?? new Uint8Array()), certificate.subject) &&
    sameSet(
      expectation.subjectAlternativeNames.map(({ type, value }) => alternativeNameKey(type, value)),
      (has.subjectAlternativeNames ?? []).map(generalNameKey),
    ) &&
    sameSet(expectation.keyUsage, has.keyUsage ?? []) &&
    sameSet(
      expectation.extendedKeyUsages.map(({ oid }) => oid),
      has.extendedKeyUsages ?? [],
    ) &&
    expectation.securityIdentifier === (has.securityIdentifier ?? null) &&
    key.kind === 'rsa' &&
    key.bits === expectation.keySize
  );
}
