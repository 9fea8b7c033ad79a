import { verify } from 'node:crypto';
import { type AlgorithmIdentifier, signatureSchemeByOid } from '../formats/x509/algorithms.ts';
import type { Digest } from './digest.ts';
import { importPublicKey, type PublicKey } from './public-key.ts';

/** `refused` names what we do not even try. SHA-1 is verified: whether it is good enough is for the caller to say. */
export type SignatureCheck =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'refused'; readonly reason: SignatureRefusal };

export type SignatureRefusal =
  | 'md5'
  | 'rsassa-pss'
  | 'algorithm-unknown'
  /** The algorithm is for another type of key. */
  | 'algorithm-for-another-key'
  /** Not RSA or ECDSA, malformed, or larger than 8192 bits. */
  | 'key-unsupported';

const valid: SignatureCheck = { kind: 'valid' };
const invalid: SignatureCheck = { kind: 'invalid' };

/** The signature of a certificate, request or CRL over its to-be-signed part. `key` is SubjectPublicKeyInfo or imported. */
export function verifySignature(
  key: Uint8Array | PublicKey,
  algorithm: AlgorithmIdentifier,
  data: Uint8Array,
  signature: Uint8Array,
): SignatureCheck {
  const scheme = signatureSchemeByOid(algorithm.oid);
  if (scheme === undefined) return refused('algorithm-unknown');
  if (scheme.digest === 'md5') return refused('md5');
  if (scheme.digest === undefined) return refused('rsassa-pss');
  const publicKey = key instanceof Uint8Array ? importPublicKey(key) : key;
  if (publicKey === undefined) return refused('key-unsupported');
  const keyType = publicKey.asymmetricKeyType;
  if (keyType !== 'rsa' && keyType !== 'ec') return refused('key-unsupported');
  if (scheme.key !== keyType) return refused('algorithm-for-another-key');
  return verifyWithDigest(publicKey, scheme.digest, data, signature) ? valid : invalid;
}

/**
 * RSA PKCS#1 v1.5 or ECDSA (DER form), by the type of the key. For CMS, where the SignerInfo names the digest and the
 * signature algorithm is often plain `rsaEncryption` (RFC 3370 §3.2).
 */
export function verifyWithDigest(
  key: Uint8Array | PublicKey,
  digest: Digest,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const publicKey = key instanceof Uint8Array ? importPublicKey(key) : key;
  if (publicKey?.asymmetricKeyType !== 'rsa' && publicKey?.asymmetricKeyType !== 'ec') return false;
  try {
    // The defaults for these types are PKCS#1 v1.5 and DER; naming them in an options object costs a third more.
    return verify(digest, data, publicKey, signature);
  } catch {
    return false;
  }
}

function refused(reason: SignatureRefusal): SignatureCheck {
  return { kind: 'refused', reason };
}
