import { tag } from '../formats/asn1/tag.ts';
import { basicConstraints } from '../formats/x509/basic-constraints.ts';
import { type Certificate, parseCertificate } from '../formats/x509/certificate.ts';
import { extensionOid, findExtension } from '../formats/x509/extension.ts';
import { nameText } from '../formats/x509/name-text.ts';
import { parsePem } from '../formats/x509/pem.ts';
import { fromBase64, sameBytes } from '../lib/bytes.ts';
import { isFailure } from '../lib/failure.ts';

export type CaCertificateResult =
  | { readonly ok: true; readonly certificate: Certificate; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly rule: string; readonly detail: string; readonly fix: string | null };

/**
 * The one CA certificate in what an administrator uploaded (PEM, or DER in base64); otherwise what it is instead
 * (intune-domain 3.2). `now` in ms.
 */
export function readCaCertificate(text: string, now: number): CaCertificateResult {
  const der = oneBlock(text);
  if (!(der instanceof Uint8Array)) return der;
  const certificate = decode(der);
  return 'ok' in certificate ? certificate : judge(certificate, now);
}

function oneBlock(text: string): Uint8Array | CaCertificateResult {
  if (text.trim() === '')
    return refused('T1', 'The certificate is missing.', 'Give the CA certificate as PEM or as base64 of its DER.');
  if (!text.includes('-----BEGIN')) {
    const der = fromBase64(text.replace(/\s+/g, ''));
    return (
      der ?? refused('T1', 'This is neither PEM nor base64.', 'Give the CA certificate as PEM or as base64 of its DER.')
    );
  }
  try {
    const blocks = parsePem(text);
    if (blocks.some(({ label }) => label.includes('PRIVATE KEY')))
      return refused(
        'T1',
        'This holds a private key. Devices only ever get the certificate, and the key does not belong here.',
        'Give the certificate alone, and treat the key as disclosed if it left its place.',
      );
    const others = blocks.filter(({ label }) => label !== 'CERTIFICATE' && label !== 'X509 CERTIFICATE');
    const [first, ...more] = blocks;
    if (first === undefined || others.length > 0)
      return refused('T1', `This is ${others.map(({ label }) => label).join(', ') || 'no PEM'}, not a certificate.`);
    if (more.length > 0)
      return refused(
        'T1',
        `This holds ${blocks.length} certificates; a profile holds exactly one.`,
        'Make one trusted certificate profile for each certificate of the chain.',
      );
    return first.der;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return refused('T1', error.message);
  }
}

function decode(der: Uint8Array): Certificate | CaCertificateResult {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return refused('T1', otherThing(der) ?? `This is not a certificate: ${error.message}`);
  }
}

/** What a DER file that is no certificate seems to be, by its first elements. */
function otherThing(der: Uint8Array): string | undefined {
  if (der[0] !== tag.sequence) return undefined;
  const at = (der[1] ?? 0) < 0x80 ? 2 : 2 + ((der[1] ?? 0) & 0x7f);
  if (der[at] === tag.oid) return 'This is a PKCS#7 file, not a single certificate.';
  if (der[at] !== tag.integer || der[at + 1] !== 1) return undefined;
  // PFX version 3; PrivateKeyInfo and RSAPrivateKey version 0 or 1 (RFC 7292, RFC 5958, RFC 8017).
  return der[at + 2] === 3
    ? 'This is a PKCS#12 file with keys in it, not a certificate.'
    : 'This is a private key, not a certificate.';
}

function judge(certificate: Certificate, now: number): CaCertificateResult {
  const who = nameText(certificate.subject);
  const selfIssued = sameBytes(certificate.subjectDer, certificate.issuerDer);
  const constraints = findExtension(certificate.extensions, extensionOid.basicConstraints);
  let ca: boolean;
  try {
    ca = constraints !== undefined && basicConstraints(constraints.value).ca;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return refused('T1', error.message);
  }
  const oldRoot = certificate.version === 1 && selfIssued;
  if (!ca && !oldRoot)
    return refused(
      'T2',
      `This is the certificate of an end entity (${who}), not of a certification authority.`,
      'Give the root or an intermediate CA certificate.',
    );
  if (certificate.notAfter < now)
    return refused('T3', `The certificate of ${who} expired on ${date(certificate.notAfter)}.`);
  if (certificate.notBefore > now)
    return refused('T3', `The certificate of ${who} is not valid before ${date(certificate.notBefore)}.`);
  return {
    ok: true,
    certificate,
    warnings: ca
      ? []
      : ['This is a version 1 root certificate, which does not say that it is a CA; some devices refuse it.'],
  };
}

function date(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function refused(rule: string, detail: string, fix: string | null = null): CaCertificateResult {
  return { ok: false, rule, detail, fix };
}
