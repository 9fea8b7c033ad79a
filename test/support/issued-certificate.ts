/** What `openssl` says about a certificate that a client received: whether it holds, and what stands in it. */
import { toPem } from '../../src/formats/x509/pem.ts';
import { opensslText } from './openssl.ts';
import type { World } from './world.ts';

export type CertificateFacts = {
  /** RFC 2253, UTF-8. */
  readonly subject: string;
  /** As openssl writes them: `DNS:a`, `IP Address:10.0.0.1`, `email:b`. */
  readonly subjectAlternativeNames: readonly string[];
  readonly keyUsage: readonly string[];
  readonly extendedKeyUsage: readonly string[];
  /** ms UTC. */
  readonly notBefore: number;
  readonly notAfter: number;
};

/** The default authority's root and issuer, PEM. */
export async function authorityPem(world: World): Promise<{ root: string; issuer: string }> {
  const { issuer } = await world.server.authority.issuing.active(null);
  return {
    root: toPem('CERTIFICATE', issuer.chain.at(-1) ?? issuer.certificate),
    issuer: toPem('CERTIFICATE', issuer.certificate),
  };
}

/** `openssl verify -x509_strict` up to the root, then what stands in it. Throws with openssl's words when it does not hold. */
export async function checkIssued(world: World, certificatePem: string): Promise<CertificateFacts> {
  const { root, issuer } = await authorityPem(world);
  const files = { 'root.pem': root, 'issuer.pem': issuer, 'leaf.pem': certificatePem };
  const [, text] = await Promise.all([
    opensslText(['verify', '-x509_strict', '-CAfile', 'root.pem', '-untrusted', 'issuer.pem', 'leaf.pem'], { files }),
    opensslText(
      [
        ...['x509', '-in', 'leaf.pem', '-noout', '-subject', '-nameopt', 'RFC2253,-esc_msb,utf8'],
        ...['-startdate', '-enddate', '-dateopt', 'iso_8601'],
        ...['-ext', 'subjectAltName,keyUsage,extendedKeyUsage'],
      ],
      { files },
    ),
  ]);
  return readFacts(text);
}

function readFacts(text: string): CertificateFacts {
  const line = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';
  const extension = (name: string) =>
    new RegExp(`X509v3 ${name}:[^\\n]*\\n +([^\\n]*)`).exec(text)?.[1]?.split(', ') ?? [];
  return {
    subject: line('subject'),
    subjectAlternativeNames: extension('Subject Alternative Name'),
    keyUsage: extension('Key Usage'),
    extendedKeyUsage: extension('Extended Key Usage'),
    notBefore: Date.parse(line('notBefore')),
    notAfter: Date.parse(line('notAfter')),
  };
}
