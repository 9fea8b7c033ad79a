import type { Digest } from '../crypto/digest.ts';
import type { PrivateKey } from '../crypto/private-key.ts';
import { signWithDigest } from '../crypto/sign-with-digest.ts';
import {
  assembleCertificationRequest,
  encodeCertificationRequestInfo,
} from '../formats/pkcs10/certification-request.ts';
import { signatureScheme } from '../formats/x509/algorithms.ts';
import { assembleCertificate, encodeTbsCertificate } from '../formats/x509/certificate.ts';
import { extendedKeyUsageExtension } from '../formats/x509/extended-key-usage.ts';
import type { Extension } from '../formats/x509/extension.ts';
import type { GeneralName } from '../formats/x509/general-name.ts';
import { parseIp } from '../formats/x509/ip-address.ts';
import { keyUsageExtension } from '../formats/x509/key-usage.ts';
import { decodeName, nameOf } from '../formats/x509/name.ts';
import { subjectAltNameExtension } from '../formats/x509/subject-alt-name.ts';
import { day } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { randomBytes } from '../lib/random.ts';

/** A key of the client, ready for use. */
export type ClientKey = {
  readonly privateKey: PrivateKey;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
};

/** What the certificate shall say. */
export type RequestedCertificate = {
  /** DER of the Name. */
  readonly subject: Uint8Array;
  readonly subjectAlternativeNames: readonly {
    readonly type: 'email' | 'upn' | 'dns' | 'uri' | 'ip';
    readonly value: string;
  }[];
  readonly keyUsage: readonly ('digitalSignature' | 'keyEncipherment')[];
  /** Object identifiers. */
  readonly extendedKeyUsages: readonly string[];
};

/** PKCS#10, signed by its own key. `challenge`: null for renewals. Failure `invalid` `ip-address` for a row that is none. */
export function certificateRequest(
  key: ClientKey,
  requested: RequestedCertificate,
  challenge: string | null,
  digest: Digest,
): Uint8Array {
  const info = encodeCertificationRequestInfo({
    subject: decodeName(requested.subject),
    spki: key.publicKey,
    ...(challenge === null ? {} : { challengePassword: challenge }),
    extensions: requestedExtensions(requested),
  });
  return assembleCertificationRequest(info, rsaScheme(digest), signWithDigest(key.privateKey, digest, info));
}

/**
 * The certificate that a client signs its PKCSReq with: its own key and subject, signed by itself (RFC 8894 §2.3). Valid
 * for a week, so that it outlives polling.
 */
export function selfSignedCertificate(key: ClientKey, subject: Uint8Array, digest: Digest, now: number): Uint8Array {
  const empty = subject.length === 2;
  const name = empty ? nameOf([['2.5.4.3', 'SCEP client']]) : subject;
  const serial = randomBytes(16);
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  const signatureAlgorithm = rsaScheme(digest);
  const tbs = encodeTbsCertificate({
    serial,
    signatureAlgorithm,
    issuer: name,
    notBefore: now - day,
    notAfter: now + 7 * day,
    subject: name,
    spki: key.publicKey,
    extensions: [keyUsageExtension(['digitalSignature', 'keyEncipherment'])],
  });
  return assembleCertificate(tbs, signatureAlgorithm, signWithDigest(key.privateKey, digest, tbs));
}

function requestedExtensions(requested: RequestedCertificate): Extension[] {
  const { subjectAlternativeNames: rows, keyUsage, extendedKeyUsages } = requested;
  const extensions: Extension[] = [];
  if (rows.length > 0) extensions.push(subjectAltNameExtension(rows.map(generalName), requested.subject.length === 2));
  if (keyUsage.length > 0) extensions.push(keyUsageExtension(keyUsage));
  if (extendedKeyUsages.length > 0) extensions.push(extendedKeyUsageExtension(extendedKeyUsages));
  return extensions;
}

function generalName(row: RequestedCertificate['subjectAlternativeNames'][number]): GeneralName {
  if (row.type !== 'ip') return { kind: row.type, value: row.value };
  const value = parseIp(row.value);
  if (value === undefined)
    throw new Failure('invalid', 'ip-address', `"${row.value}" in the subject alternative name is no IP address.`);
  return { kind: 'ip', value };
}

function rsaScheme(digest: Digest) {
  const scheme = signatureScheme('rsa', digest);
  if (scheme === undefined) throw new Failure('cryptography', 'digest-unknown', `RSA does not sign with ${digest}.`);
  return scheme.identifier;
}
