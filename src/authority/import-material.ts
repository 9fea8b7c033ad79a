/** What an imported CA consists of, checked: each refusal says what the files hold instead of what is needed. */
import { certificatePath, type PathProblem } from '../crypto/certificate-path.ts';
import { publicKeyOf } from '../crypto/key-pair.ts';
import { openPkcs12 } from '../crypto/pkcs12.ts';
import { readPrivateKeyPem } from '../crypto/private-key-file.ts';
import { basicConstraints } from '../formats/x509/basic-constraints.ts';
import { parseCertificate, type Certificate as X509Certificate } from '../formats/x509/certificate.ts';
import { extensionOid, findExtension } from '../formats/x509/extension.ts';
import { keyUsage } from '../formats/x509/key-usage.ts';
import { nameText } from '../formats/x509/name-text.ts';
import { parsePem } from '../formats/x509/pem.ts';
import { parsePublicKey } from '../formats/x509/public-key.ts';
import { sameBytes } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';

export type ImportSource =
  /** Texts with the key, the certificate and its chain, together or apart, in any order. */
  | { readonly kind: 'pem'; readonly texts: readonly string[]; readonly passphrase: string | null }
  | { readonly kind: 'pkcs12'; readonly file: Uint8Array; readonly passphrase: string };

export type ImportMaterial = {
  /** PKCS#8, DER, and its SubjectPublicKeyInfo. */
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly certificate: X509Certificate;
  /** From the issuer's issuer up to the root; empty for a root. */
  readonly chain: readonly X509Certificate[];
};

/** Throws `Failure`: those of `readPrivateKeyPem` and `openPkcs12`, and `import-…` with what is wrong. */
export async function readImport(source: ImportSource, now: number): Promise<ImportMaterial> {
  const { privateKey, certificates } = source.kind === 'pem' ? readPem(source) : await readPkcs12(source);
  const publicKey = publicKeyOf(privateKey);
  checkKey(publicKey);
  const parsed = certificates.map((der) => parseCertificate(der));
  const certificate = parsed.find(({ spki }) => sameBytes(spki, publicKey));
  if (certificate === undefined) throw noCertificate(parsed);
  checkCa(certificate, now);
  const found = certificatePath(certificate, { issuers: parsed, at: now });
  if (!found.ok) throw brokenChain(found.problem, found.at);
  return { privateKey, publicKey, certificate, chain: found.path.slice(1) };
}

type Content = { readonly privateKey: Uint8Array; readonly certificates: readonly Uint8Array[] };

function readPem({ texts, passphrase }: Extract<ImportSource, { kind: 'pem' }>): Content {
  const text = texts.join('\n');
  const certificates = parsePem(text).flatMap(({ label, der }) => (label === 'CERTIFICATE' ? [der] : []));
  return { privateKey: readPrivateKeyPem(text, passphrase), certificates };
}

async function readPkcs12({ file, passphrase }: Extract<ImportSource, { kind: 'pkcs12' }>): Promise<Content> {
  const { privateKeys, certificates } = await openPkcs12(file, passphrase);
  const [privateKey] = privateKeys;
  if (privateKey === undefined || privateKeys.length > 1)
    throw failure('import-keys', `The PKCS#12 file must hold one private key; it holds ${privateKeys.length}.`);
  return { privateKey, certificates };
}

function checkKey(publicKey: Uint8Array): void {
  const key = parsePublicKey(publicKey);
  const good =
    key.kind === 'rsa' ? key.bits >= 2048 && !key.pssOnly : key.kind === 'ec' && /^P-(256|384)$/.test(key.curve);
  if (good) return;
  const what =
    key.kind === 'rsa'
      ? `an RSA key of ${key.bits} bits${key.pssOnly ? ' for PSS alone' : ''}`
      : key.kind === 'ec'
        ? `a key on the curve ${key.curve}`
        : `a key of the type ${key.oid}`;
  throw failure(
    'import-key-unsupported',
    `The private key is ${what}; an authority needs RSA with at least 2048 bits, P-256 or P-384.`,
  );
}

function noCertificate(given: readonly X509Certificate[]): Failure {
  if (given.length === 0)
    return failure('import-certificate-missing', 'There is no certificate beside the private key.');
  const names = given.map(subjectOf).join(', ');
  return failure(
    'import-certificate-missing',
    `None of the certificates belongs to the private key. They are for ${names}.`,
  );
}

function checkCa(certificate: X509Certificate, now: number): void {
  const name = subjectOf(certificate);
  const constraints = findExtension(certificate.extensions, extensionOid.basicConstraints);
  if (constraints === undefined || !basicConstraints(constraints.value).ca)
    throw failure(
      'import-not-a-ca',
      `The certificate of ${name} is not that of a certification authority (cA is not set).`,
    );
  const usage = findExtension(certificate.extensions, extensionOid.keyUsage);
  const usages = usage === undefined ? undefined : keyUsage(usage.value);
  for (const needed of ['keyCertSign', 'cRLSign'] as const)
    if (usages !== undefined && !usages.includes(needed))
      throw failure(
        'import-key-usage',
        `The certificate of ${name} may not be used for ${needed}; its key usage is ${usages.join(', ')}.`,
      );
  if (now > certificate.notAfter || now < certificate.notBefore)
    throw outOfDate(certificate, now > certificate.notAfter);
}

function brokenChain(problem: PathProblem, at: X509Certificate): Failure {
  const name = subjectOf(at);
  switch (problem) {
    case 'issuer-missing':
      return failure(
        'import-chain-incomplete',
        `The certificate of ${name} was issued by ${nameText(at.issuer)}, whose certificate is not among those given. Add it, and all above it up to the root.`,
      );
    case 'signature':
      return failure(
        'import-chain-signature',
        `The certificate of ${name} was not signed by the certificate of ${nameText(at.issuer)} that was given.`,
      );
    case 'signature-algorithm':
      return failure(
        'import-chain-algorithm',
        `The certificate of ${name} is signed with SHA-1, MD5 or something unknown (${at.signatureAlgorithm.oid}); devices refuse that.`,
      );
    case 'expired':
    case 'not-yet-valid':
      return outOfDate(at, problem === 'expired');
    default:
      return failure('import-chain-not-ca', `The certificate of ${name} may not stand in this chain: ${problem}.`);
  }
}

function outOfDate({ notBefore, notAfter, subject }: X509Certificate, expired: boolean): Failure {
  const name = nameText(subject);
  return expired
    ? failure('import-expired', `The certificate of ${name} ended at ${new Date(notAfter).toISOString()}.`)
    : failure('import-not-yet-valid', `The certificate of ${name} begins at ${new Date(notBefore).toISOString()}.`);
}

function subjectOf({ subject }: X509Certificate): string {
  return subject.length === 0 ? '(empty name)' : nameText(subject);
}

function failure(code: string, message: string): Failure {
  return new Failure('invalid', code, message);
}
