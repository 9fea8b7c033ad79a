import type { Asn1Options } from '../asn1/read.ts';
import { contentType } from './content-type.ts';
import { encodeSignedData, parseSignedData } from './signed-data.ts';

/** Certificates and CRLs in a SignedData without signer: "degenerate", "certs-only" (RFC 8894 §3.4, RFC 5751 §3.8). */
export type CertificatesOnly = {
  /** Each as DER, in the order of the input. */
  readonly certificates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
};

/** Accepts any SignedData, since some servers sign theirs. Throws `Failure` `malformed` or `too-large`. */
export function parseCertificatesOnly(der: Uint8Array, options: Asn1Options = {}): CertificatesOnly {
  const { certificates, crls } = parseSignedData(der, options);
  return { certificates, crls };
}

/** Keeps the order given: put the certificate that was asked for first. */
export function encodeCertificatesOnly(content: Partial<CertificatesOnly>): Uint8Array {
  return encodeSignedData({
    contentType: contentType.data,
    certificates: content.certificates ?? [],
    crls: content.crls ?? [],
    signers: [],
  });
}
