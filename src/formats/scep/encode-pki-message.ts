import { certificateIdOf } from '../cms/certificate-id.ts';
import { contentType } from '../cms/content-type.ts';
import { encodeSignedData } from '../cms/signed-data.ts';
import { type DigestName, digestIdentifier, rsaEncryption } from '../x509/algorithms.ts';
import type { Certificate } from '../x509/certificate.ts';

export type SignedPkiMessage = {
  /** The EnvelopedData; undefined for messages without content. */
  readonly content?: Uint8Array | undefined;
  /** What `encodePkiAttributes` returned and was signed. */
  readonly signedAttributes: Uint8Array;
  /** RSA PKCS#1 v1.5 over `signedAttributes` with `digest`. */
  readonly signature: Uint8Array;
  readonly digest: DigestName;
  readonly signer: Pick<Certificate, 'issuerDer' | 'serial'>;
  /** Each as DER, the signer's first. */
  readonly certificates: readonly Uint8Array[];
};

/**
 * Second phase: the pkiMessage. The signature algorithm is always rsaEncryption with NULL (RFC 3370 §3.2): strongSwan
 * up to 5.9.8 rejects sha256WithRSAEncryption there.
 */
export function encodePkiMessage(parts: SignedPkiMessage): Uint8Array {
  return encodeSignedData({
    contentType: contentType.data,
    content: parts.content,
    certificates: parts.certificates,
    signers: [
      {
        id: certificateIdOf(parts.signer),
        digestAlgorithm: digestIdentifier(parts.digest),
        signedAttributes: parts.signedAttributes,
        signatureAlgorithm: rsaEncryption,
        signature: parts.signature,
      },
    ],
  });
}
