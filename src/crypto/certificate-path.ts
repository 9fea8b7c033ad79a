import { signatureSchemeByOid } from '../formats/x509/algorithms.ts';
import { basicConstraints } from '../formats/x509/basic-constraints.ts';
import type { Certificate } from '../formats/x509/certificate.ts';
import { extensionOid, findExtension } from '../formats/x509/extension.ts';
import { keyUsage } from '../formats/x509/key-usage.ts';
import { sameNameDer } from '../formats/x509/same-name.ts';
import { sameBytes } from '../lib/bytes.ts';
import { verifySignature } from './verify-signature.ts';

export type PathProblem =
  | 'not-yet-valid'
  | 'expired'
  /** No certificate among those given has the issuer's name. */
  | 'issuer-missing'
  /** One has, but its key did not make the signature. */
  | 'signature'
  /** MD5, RSASSA-PSS or something unknown; SHA-1 anywhere but on a self-signed root. */
  | 'signature-algorithm'
  | 'not-a-ca'
  | 'key-usage'
  | 'path-length'
  | 'too-long';

export type CertificatePath =
  /** From the certificate itself to the root. */
  | { readonly ok: true; readonly path: readonly Certificate[] }
  /** `at` is the certificate that has the problem: for `issuer-missing` and `signature` the one whose issuer is sought. */
  | { readonly ok: false; readonly problem: PathProblem; readonly at: Certificate };

export type PathOptions = {
  /** Certificates that may stand above, in any order. */
  readonly issuers: readonly Certificate[];
  /** Milliseconds UTC. */
  readonly at: number;
};

const longest = 8;

/**
 * Whether a certificate chains up to a self-signed one among those given, which is then taken on trust: names,
 * signatures, validity, basicConstraints, keyUsage (RFC 5280 §6.1). Name constraints, policies and revocation are not
 * looked at.
 */
export function certificatePath(certificate: Certificate, options: PathOptions): CertificatePath {
  const path: Certificate[] = [certificate];
  for (let current = certificate; ; ) {
    const problem = lifetimeProblem(current, options.at) ?? (path.length > 1 ? caProblem(current, path) : undefined);
    if (problem !== undefined) return { ok: false, problem, at: current };
    if (isSelfSigned(current)) return { ok: true, path };
    if (path.length === longest) return { ok: false, problem: 'too-long', at: current };
    const issuer = issuerOf(current, options.issuers);
    if (typeof issuer === 'string') return { ok: false, problem: issuer, at: current };
    path.push(issuer);
    current = issuer;
  }
}

/** True for a certificate with the same name on both sides whose own key signed it. */
function isSelfSigned(certificate: Certificate): boolean {
  return sameNameDer(certificate.issuerDer, certificate.subjectDer) && signs(certificate, certificate) === true;
}

function issuerOf(certificate: Certificate, issuers: readonly Certificate[]): Certificate | PathProblem {
  let problem: PathProblem = 'issuer-missing';
  for (const issuer of issuers) {
    if (sameBytes(issuer.der, certificate.der) || !sameNameDer(certificate.issuerDer, issuer.subjectDer)) continue;
    const signed = signs(issuer, certificate);
    if (signed === true) {
      const { digest } = signatureSchemeByOid(certificate.signatureAlgorithm.oid) ?? {};
      return digest === 'sha1' ? 'signature-algorithm' : issuer;
    }
    problem = signed === undefined ? 'signature-algorithm' : 'signature';
  }
  return problem;
}

/** Undefined when the algorithm is refused. */
function signs(issuer: Certificate, certificate: Certificate): boolean | undefined {
  const { signatureAlgorithm, tbs, signature } = certificate;
  const check = verifySignature(issuer.spki, signatureAlgorithm, tbs, signature);
  return check.kind === 'refused' ? undefined : check.kind === 'valid';
}

function lifetimeProblem({ notBefore, notAfter }: Certificate, at: number): PathProblem | undefined {
  if (at < notBefore) return 'not-yet-valid';
  return at > notAfter ? 'expired' : undefined;
}

/** `path` goes from the first certificate up to and including this one. */
function caProblem(certificate: Certificate, path: readonly Certificate[]): PathProblem | undefined {
  const constraints = findExtension(certificate.extensions, extensionOid.basicConstraints);
  const { ca, pathLength } = constraints === undefined ? { ca: false } : basicConstraints(constraints.value);
  if (!ca) return 'not-a-ca';
  const usage = findExtension(certificate.extensions, extensionOid.keyUsage);
  if (usage !== undefined && !keyUsage(usage.value).includes('keyCertSign')) return 'key-usage';
  // RFC 5280 §4.2.1.9: the certificates between this one and the first, without those that a CA gave itself.
  const between = path.slice(1, -1).filter((each) => !sameNameDer(each.issuerDer, each.subjectDer)).length;
  return pathLength !== undefined && between > pathLength ? 'path-length' : undefined;
}
