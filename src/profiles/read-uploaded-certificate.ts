import { parseAsn1 } from '../formats/asn1/read.ts';
import { tag } from '../formats/asn1/tag.ts';
import { parseCertificationRequest } from '../formats/pkcs10/certification-request.ts';
import { type Certificate, parseCertificate } from '../formats/x509/certificate.ts';
import { parseCrl } from '../formats/x509/crl.ts';
import { parsePem } from '../formats/x509/pem.ts';
import { parsePublicKey } from '../formats/x509/public-key.ts';
import { fromBase64, fromUtf8 } from '../lib/bytes.ts';
import { isFailure } from '../lib/failure.ts';

/** One certificate, or what was given instead. `fix` where there is better advice than “one certificate”. */
export type UploadedCertificate =
  | { readonly ok: true; readonly certificate: Certificate }
  | { readonly ok: false; readonly detail: string; readonly fix?: string };

/** PEM, base64 of DER, or base64 of a PEM file: what a `.cer`, `.crt` or `.pem` file becomes in a document. */
export function readUploadedCertificate(text: string): UploadedCertificate {
  if (text.trim() === '') return refused('The certificate is missing.');
  if (text === 'ownRoot') return refused('There is no authority yet whose root this could be.');
  if (text.includes('-----BEGIN')) return fromPem(text);
  if (/^\s*<[!?a-z]/i.test(text)) return refused('This is a web page or XML, not a certificate.');
  const bytes = fromBase64(text.replace(/\s*[\r\n]+\s*/g, '').trim());
  if (bytes === undefined) return refused('This is neither PEM nor base64.');
  // The file itself was text, and somebody made base64 of it.
  const inner = bytes[0] === tag.sequence ? undefined : fromUtf8(bytes);
  return inner === undefined || /[^\t\r\n -~]/.test(inner) ? fromDer(bytes) : readUploadedCertificate(inner);
}

function fromPem(text: string): UploadedCertificate {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return refused(
      'This holds a private key. Devices only ever get the certificate, and the key does not belong here.',
      'Give the certificate alone, and treat the key as disclosed if it left its place.',
    );
  try {
    const blocks = parsePem(text);
    const others = blocks.filter(({ label }) => !certificateLabels.includes(label));
    const [first, ...more] = blocks;
    if (first === undefined || others.length > 0)
      return refused(
        `This is ${others.map(({ label }) => labels[label] ?? label).join(', ') || 'no PEM'}, not a certificate.`,
      );
    if (more.length === 0) return fromDer(first.der);
    return refused(
      `This holds ${blocks.length} certificates; a profile holds exactly one.`,
      'Make one trusted certificate profile for each certificate of the chain.',
    );
  } catch (error) {
    if (!isFailure(error)) throw error;
    return refused(error.message);
  }
}

const certificateLabels: readonly string[] = ['CERTIFICATE', 'X509 CERTIFICATE'];

const labels: Readonly<Record<string, string>> = {
  'CERTIFICATE REQUEST': 'a certificate request',
  'NEW CERTIFICATE REQUEST': 'a certificate request',
  'X509 CRL': 'a revocation list',
  PKCS7: 'a PKCS#7 file',
  CMS: 'a PKCS#7 file',
  'PUBLIC KEY': 'a public key',
  'RSA PUBLIC KEY': 'a public key',
  'TRUSTED CERTIFICATE': 'a certificate with OpenSSL’s own additions',
};

function fromDer(der: Uint8Array): UploadedCertificate {
  try {
    return { ok: true, certificate: parseCertificate(der) };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const instead = otherThing(der);
    return refused(
      instead === undefined ? `This is not a certificate: ${error.message}` : `This is ${instead}, not a certificate.`,
    );
  }
}

/** What DER that is no certificate is instead. */
function otherThing(der: Uint8Array): string | undefined {
  if (reads(() => parseCertificationRequest(der))) return 'a certificate request';
  if (reads(() => parseCrl(der))) return 'a revocation list';
  if (reads(() => parsePublicKey(der))) return 'a public key';
  if (der[0] !== tag.sequence || !reads(() => parseAsn1(der))) return undefined;
  const at = contentOf(der, 0);
  if (der[at] === tag.oid) return 'a PKCS#7 file';
  // EncryptedPrivateKeyInfo begins with the identifier of its encryption (RFC 5958 §3).
  if (der[at] === tag.sequence && der[contentOf(der, at)] === tag.oid) return 'an encrypted private key';
  if (der[at] !== tag.integer || der[at + 1] !== 1) return undefined;
  // PFX version 3; PrivateKeyInfo and RSAPrivateKey version 0 or 1 (RFC 7292, RFC 5958, RFC 8017).
  return der[at + 2] === 3 ? 'a PKCS#12 file with keys in it' : 'a private key';
}

/** Where the contents of the element at `at` begin. */
function contentOf(der: Uint8Array, at: number): number {
  const length = der[at + 1] ?? 0;
  return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
}

function reads(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return false;
  }
}

function refused(detail: string, fix?: string): UploadedCertificate {
  return { ok: false, detail, ...(fix === undefined ? {} : { fix }) };
}
