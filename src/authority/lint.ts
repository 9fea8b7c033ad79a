/**
 * The last look at a certificate before it is signed: RFC 5280 and our own policy, on the bytes that would be signed, read
 * back. What it finds is a mistake of ours, of a profile or of the directory; nothing it finds is ever signed.
 */
import { signatureSchemeByOid } from '../formats/x509/algorithms.ts';
import { authorityInfoAccess } from '../formats/x509/authority-info-access.ts';
import { basicConstraints } from '../formats/x509/basic-constraints.ts';
import { encodeTbsCertificate, parseTbsCertificate } from '../formats/x509/certificate.ts';
import { crlDistributionPoints } from '../formats/x509/distribution-point.ts';
import { extendedKeyUsage, keyPurpose } from '../formats/x509/extended-key-usage.ts';
import { extensionOid, findExtension } from '../formats/x509/extension.ts';
import { authorityKeyIdentifier, subjectKeyIdentifier } from '../formats/x509/key-identifier.ts';
import { keyUsage } from '../formats/x509/key-usage.ts';
import { microsoftSid } from '../formats/x509/microsoft-sid.ts';
import { decodeName, type Name } from '../formats/x509/name.ts';
import { subjectAltNames } from '../formats/x509/subject-alt-name.ts';
import { sameBytes } from '../lib/bytes.ts';
import { day, minute } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import type { CertificateTemplate } from './issuer.ts';
import type { IssuingContext } from './issuing-context.ts';
import { keyIdentifier } from './key-identifier.ts';
import { lintAlternativeNames } from './lint-alternative-names.ts';
import type { LintFinding, Report } from './lint-finding.ts';
import { lintName } from './lint-name.ts';

export type LintPolicy = {
  /** Null for certificates of our own services (RA, TLS), which no template describes. */
  readonly template: CertificateTemplate | null;
  readonly shard: number;
};

const knownExtensions = new Set<string>([
  extensionOid.authorityKeyIdentifier,
  extensionOid.subjectKeyIdentifier,
  extensionOid.keyUsage,
  extensionOid.basicConstraints,
  extensionOid.extendedKeyUsage,
  extensionOid.subjectAltName,
  extensionOid.crlDistributionPoints,
  extensionOid.authorityInfoAccess,
  extensionOid.microsoftSid,
  extensionOid.ocspNoCheck,
]);

/** What is wrong with an end-entity certificate of this issuer; empty when it may be signed. */
export function lint(tbs: Uint8Array, context: IssuingContext, policy: LintPolicy): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  const report: Report = (code, detail) => void findings.push({ code, detail });
  try {
    const certificate = readBack(tbs, context, report);
    lintFrame(certificate, context, policy, report);
    lintName(certificate.subject, report);
    lintKey(certificate, policy, report);
    lintExtensions(certificate, context, policy, report);
  } catch (error) {
    if (!isFailure(error)) throw error;
    report('lint-encoding', `What would be signed does not read as DER: ${error.message}`);
  }
  return findings;
}

/** What would be signed, as it reads. */
type ReadBack = ReturnType<typeof parseTbsCertificate> & { readonly subject: Name };

/**
 * Parses strictly, and encodes again: any difference means that somebody else would read something else. The issuer's
 * name is compared as it stands.
 */
function readBack(tbs: Uint8Array, context: IssuingContext, report: Report): ReadBack {
  const certificate = parseTbsCertificate(tbs);
  const { signatureAlgorithm } = context.signer;
  const { serial, issuerDer, notBefore, notAfter, subjectDer, spki, extensions } = certificate;
  const subject = decodeName(subjectDer);
  const again = { serial, signatureAlgorithm, issuer: issuerDer, notBefore, notAfter, subject, spki, extensions };
  if (!sameBytes(tbs, encodeTbsCertificate(again)))
    report('lint-encoding', 'What would be signed is not what it reads as.');
  return { ...certificate, subject };
}

function lintFrame(
  { serial, signatureAlgorithm, notBefore, notAfter, issuerDer, subject, extensions }: ReadBack,
  context: IssuingContext,
  { template }: LintPolicy,
  report: Report,
): void {
  const issuer = context.certificate;
  // RFC 5280 §4.1.2.2
  if (serial.length < 8 || serial.length > 20 || ((serial[0] as number) & 0x80) !== 0)
    report('lint-serial', `A serial number of ${serial.length} octets must be positive and have 8 to 20 octets.`);
  if (!sameBytes(issuerDer, issuer.subjectDer))
    report('lint-issuer', 'The issuer is not written as in the issuing certificate.');
  if (notAfter <= notBefore) report('lint-validity-order', 'The certificate would end before it begins.');
  if (notBefore < issuer.notBefore || notAfter > issuer.notAfter)
    report('lint-validity-issuer', 'The certificate would begin before or end after its issuer.');
  if (template !== null && notAfter - notBefore > template.maximumValidity * day + minute)
    report('lint-validity-template', `The certificate would last longer than ${template.maximumValidity} days.`);
  // RFC 5280 §4.1.2.6
  if (subject.length === 0 && findExtension(extensions, extensionOid.subjectAltName)?.critical !== true)
    report('lint-subject-empty', 'The subject is empty, and there is no critical subject alternative name.');
  const scheme = signatureSchemeByOid(signatureAlgorithm.oid);
  if (scheme?.digest === undefined || scheme.digest === 'md5' || scheme.digest === 'sha1')
    report('lint-signature-algorithm', 'The certificate would be signed with a weak or unknown algorithm.');
}

function lintKey({ publicKey, extensions, spki }: ReadBack, { template }: LintPolicy, report: Report): void {
  const extension = findExtension(extensions, extensionOid.keyUsage);
  const usages = extension === undefined ? [] : keyUsage(extension.value);
  // RFC 5280 §4.2.1.3
  if (extension?.critical !== true || usages.length === 0)
    report('lint-key-usage', 'There is no critical key usage with at least one purpose.');
  for (const usage of usages) {
    if (usage === 'keyCertSign' || usage === 'cRLSign')
      report('lint-key-usage', `${usage} is for certification authorities.`);
    else if (template !== null && !template.keyUsages.some((allowed) => allowed === usage))
      report('lint-key-usage', `The template does not allow the key usage ${usage}.`);
  }
  if (publicKey.kind === 'rsa') {
    const sizes: readonly number[] = template?.keySizes ?? [2048, 3072, 4096];
    if (!sizes.includes(publicKey.bits))
      report('lint-key-size', `An RSA key of ${publicKey.bits} bits is not one of ${sizes.join(', ')}.`);
    if (publicKey.pssOnly) report('lint-key-type', 'The key is for RSASSA-PSS alone.');
    if (publicKey.exponent.length < 3 || ((publicKey.exponent.at(-1) as number) & 1) === 0)
      report('lint-key-exponent', 'The public exponent of the RSA key is even or smaller than 65536.');
  } else if (publicKey.kind === 'ec') {
    if (!/^P-(256|384|521)$/.test(publicKey.curve))
      report('lint-key-type', `The curve ${publicKey.curve} is not supported.`);
    // RFC 8813 §3: an EC key encrypts nothing.
    if (usages.includes('keyEncipherment')) report('lint-key-usage', 'keyEncipherment is not for an EC key.');
  } else report('lint-key-type', `Keys of the type ${publicKey.oid} are not supported.`);
  const identifier = findExtension(extensions, extensionOid.subjectKeyIdentifier);
  if (identifier === undefined || !sameBytes(subjectKeyIdentifier(identifier.value), keyIdentifier(spki)))
    report('lint-subject-key-identifier', 'The subject key identifier is missing or not that of the key.');
}

function lintExtensions(
  { extensions }: ReadBack,
  context: IssuingContext,
  { template, shard }: LintPolicy,
  report: Report,
): void {
  const value = (id: string) => findExtension(extensions, id)?.value;
  for (const { oid } of extensions)
    if (!knownExtensions.has(oid)) report('lint-extension', `The extension ${oid} is none that we issue.`);
  const constraints = value(extensionOid.basicConstraints);
  if (constraints === undefined || basicConstraints(constraints).ca)
    report('lint-ca', 'The certificate does not say that it is no certification authority.');
  const authority = value(extensionOid.authorityKeyIdentifier);
  if (
    authority === undefined ||
    !sameBytes(authorityKeyIdentifier(authority) ?? new Uint8Array(0), context.keyIdentifier)
  )
    report('lint-authority-key-identifier', "The authority key identifier is missing or not the issuer's.");
  lintPurposes(value(extensionOid.extendedKeyUsage), template, report);
  lintResponder(value, template, report);
  const names = value(extensionOid.subjectAltName);
  if (names !== undefined) lintAlternativeNames(subjectAltNames(names), report);
  const points = value(extensionOid.crlDistributionPoints);
  const expected = context.crlDistributionPoints[shard];
  if (points === undefined || expected === undefined || crlDistributionPoints(points).length === 0)
    report('lint-crl-distribution-point', 'There is no CRL distribution point.');
  else if (!sameBytes(points, expected.value))
    report('lint-crl-distribution-point', `The CRL distribution point is not that of shard ${shard}.`);
  const access = value(extensionOid.authorityInfoAccess);
  if (access === undefined || authorityInfoAccess(access).caIssuers.length === 0)
    report('lint-authority-info-access', 'There is no address for the issuing certificate.');
  const sid = value(extensionOid.microsoftSid);
  // MS-DTYP §2.4.2.1
  if (sid !== undefined && !/^S-1-[0-9]{1,15}(?:-[0-9]{1,10}){1,15}$/.test(microsoftSid(sid)))
    report('lint-security-identifier', 'The security identifier is not of the form S-1-5-….');
}

function lintPurposes(value: Uint8Array | undefined, template: CertificateTemplate | null, report: Report): void {
  const purposes = value === undefined ? [] : extendedKeyUsage(value);
  if (template === null) return;
  if (purposes.length === 0) report('lint-extended-key-usage', 'There is no extended key usage.');
  if (new Set(purposes).size !== purposes.length)
    report('lint-extended-key-usage', 'An extended key usage is there twice.');
  for (const purpose of purposes)
    if (template.extendedKeyUsages !== null && !template.extendedKeyUsages.includes(purpose))
      report('lint-extended-key-usage', `The template does not allow the extended key usage ${purpose}.`);
}

/** Whoever may answer for us about certificates is one of our own services, and says that nobody need ask about it. */
function lintResponder(
  value: (id: string) => Uint8Array | undefined,
  template: CertificateTemplate | null,
  report: Report,
): void {
  const purposes = value(extensionOid.extendedKeyUsage);
  const signs = purposes !== undefined && extendedKeyUsage(purposes).includes(keyPurpose.ocspSigning);
  if (signs && template !== null)
    report(
      'lint-extended-key-usage',
      'OCSP signing is for our own responder: such a device could say that anybody is good.',
    );
  if (signs !== (value(extensionOid.ocspNoCheck) !== undefined))
    report('lint-extension', 'The OCSP no-check extension goes with the OCSP signing purpose, and with no other.');
}
