import { time } from '../asn1/time.ts';
import { octetString, oid } from '../asn1/write.ts';
import {
  type DigestName,
  digestIdentifier,
  parseAlgorithm,
  rsaEncryption,
  signatureSchemeByOid,
} from '../x509/algorithms.ts';
import type { CertificateFrame } from '../x509/certificate.ts';
import { attributeOid, encodeAttribute } from './attribute.ts';
import { certificateIdOf } from './certificate-id.ts';
import { contentType } from './content-type.ts';
import { encodeSignedAttributes, encodeSignedData } from './signed-data.ts';

/** First phase: the attributes, which are what is signed (RFC 5652 §5.4). `signingTime` in milliseconds UTC. */
export function contentAttributes(messageDigest: Uint8Array, signingTime: number): Uint8Array {
  return encodeSignedAttributes([
    encodeAttribute(attributeOid.contentType, oid(contentType.data)),
    encodeAttribute(attributeOid.signingTime, time(signingTime)),
    encodeAttribute(attributeOid.messageDigest, octetString(messageDigest)),
  ]);
}

/** Which digest goes with a signature AlgorithmIdentifier (DER), as those that sign certificates carry it. */
export function digestOf(signatureAlgorithm: Uint8Array): DigestName | undefined {
  return signatureSchemeByOid(parseAlgorithm(signatureAlgorithm).oid)?.digest;
}

/** Second phase: SignedData with one signer, whose certificate is inside. */
export function encodeSignedContent(parts: {
  readonly content: Uint8Array;
  readonly signedAttributes: Uint8Array;
  readonly signature: Uint8Array;
  readonly signatureAlgorithm: Uint8Array;
  readonly digest: DigestName;
  readonly signer: Pick<CertificateFrame, 'issuerDer' | 'serial'>;
  /** Each as DER, the signer's first. */
  readonly certificates: readonly Uint8Array[];
}): Uint8Array {
  const algorithm = parseAlgorithm(parts.signatureAlgorithm);
  return encodeSignedData({
    contentType: contentType.data,
    content: parts.content,
    certificates: parts.certificates,
    signers: [
      {
        id: certificateIdOf(parts.signer),
        digestAlgorithm: digestIdentifier(parts.digest),
        signedAttributes: parts.signedAttributes,
        // RFC 3370 §3.2: rsaEncryption is what every client reads.
        signatureAlgorithm: signatureSchemeByOid(algorithm.oid)?.key === 'rsa' ? rsaEncryption : algorithm,
        signature: parts.signature,
      },
    ],
  });
}
