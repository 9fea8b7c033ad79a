import { basicConstraintsExtension } from '../formats/x509/basic-constraints.ts';
import { encodeTbsCertificate } from '../formats/x509/certificate.ts';
import { extendedKeyUsageExtension, keyPurpose } from '../formats/x509/extended-key-usage.ts';
import { type Extension, ocspNoCheckExtension } from '../formats/x509/extension.ts';
import type { GeneralName } from '../formats/x509/general-name.ts';
import { subjectKeyIdentifierExtension } from '../formats/x509/key-identifier.ts';
import { type KeyUsage, keyUsageExtension } from '../formats/x509/key-usage.ts';
import { microsoftSidExtension } from '../formats/x509/microsoft-sid.ts';
import { subjectAltNameExtension } from '../formats/x509/subject-alt-name.ts';
import type { IssuingContext } from './issuing-context.ts';
import { keyIdentifier } from './key-identifier.ts';

/** What a certificate for somebody below an issuer says of its own. */
export type CertificateFields = {
  /** Name, DER: copied as it stands. */
  readonly subject: Uint8Array;
  readonly subjectAlternativeNames: readonly GeneralName[];
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly keyUsage: readonly KeyUsage[];
  /** OIDs; empty: no such extension. */
  readonly extendedKeyUsages: readonly string[];
  /** Windows SID (`S-1-5-…`) for the extension of KB5014754. */
  readonly securityIdentifier: string | null;
  /** Milliseconds UTC. */
  readonly notBefore: number;
  readonly notAfter: number;
};

/** Empty sequence, critical: not a certification authority (RFC 5280 §4.2.1.9). */
const endEntity = basicConstraintsExtension({ ca: false, pathLength: undefined });

/** The bytes to sign. */
export function buildCertificate(
  context: IssuingContext,
  fields: CertificateFields,
  serial: Uint8Array,
  shard: number,
): Uint8Array {
  return encodeTbsCertificate({
    serial,
    signatureAlgorithm: context.signer.signatureAlgorithm,
    issuer: context.certificate.subjectDer,
    notBefore: fields.notBefore,
    notAfter: fields.notAfter,
    subject: fields.subject,
    spki: fields.spki,
    extensions: extensionsOf(context, fields, shard),
  });
}

function extensionsOf(context: IssuingContext, fields: CertificateFields, shard: number): Extension[] {
  const extensions = [
    context.authorityKeyIdentifier,
    subjectKeyIdentifierExtension(keyIdentifier(fields.spki)),
    keyUsageExtension(fields.keyUsage),
    endEntity,
  ];
  if (fields.extendedKeyUsages.length > 0) extensions.push(extendedKeyUsageExtension(fields.extendedKeyUsages));
  if (fields.subjectAlternativeNames.length > 0)
    // RFC 5280 §4.2.1.6: critical where the subject is empty, which takes two octets.
    extensions.push(subjectAltNameExtension(fields.subjectAlternativeNames, fields.subject.length === 2));
  const distributionPoints = context.crlDistributionPoints[shard];
  if (distributionPoints !== undefined) extensions.push(distributionPoints);
  extensions.push(context.authorityInfoAccess);
  if (fields.extendedKeyUsages.includes(keyPurpose.ocspSigning)) extensions.push(ocspNoCheckExtension);
  if (fields.securityIdentifier !== null) extensions.push(microsoftSidExtension(fields.securityIdentifier));
  return extensions;
}
