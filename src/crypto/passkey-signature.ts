import { verify } from 'node:crypto';
import { importPublicKey, type PublicKey } from './public-key.ts';

/** COSE algorithm identifiers (RFC 9053, RFC 8812): what authenticators sign with, in our order of preference. */
export const passkeyAlgorithms = [-7, -8, -257] as const;
export type PasskeyAlgorithm = (typeof passkeyAlgorithms)[number];

/** Whether the key is one for the algorithm that we take: P-256, Ed25519, RSA from 2048 bits. */
export function isPasskeyKey(spki: Uint8Array, algorithm: PasskeyAlgorithm): boolean {
  const key = importPublicKey(spki);
  return key !== undefined && fits(key, algorithm);
}

export function verifyPasskeySignature(
  { publicKey, algorithm }: { readonly publicKey: Uint8Array; readonly algorithm: PasskeyAlgorithm },
  signature: Uint8Array,
  signed: Uint8Array,
): boolean {
  const key = importPublicKey(publicKey);
  if (key === undefined || !fits(key, algorithm)) return false;
  try {
    return verify(algorithm === -8 ? null : 'sha256', signed, key, signature);
  } catch {
    // A signature that is none of the algorithm's form.
    return false;
  }
}

function fits(key: PublicKey, algorithm: PasskeyAlgorithm): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (algorithm === -7) return type === 'ec' && details?.namedCurve === 'prime256v1';
  if (algorithm === -8) return type === 'ed25519';
  return type === 'rsa' && (details?.modulusLength ?? 0) >= 2048;
}
