import { createPublicKey } from 'node:crypto';
import { encode } from '../formats/asn1/write.ts';
import { encodeAlgorithm, signatureScheme } from '../formats/x509/algorithms.ts';
import { parsePublicKey } from '../formats/x509/public-key.ts';
import { Failure } from '../lib/failure.ts';
import type { CertificateReply, Certified } from './crypto-job.ts';
import type { CryptoPool } from './crypto-pool.ts';
import type { Digest } from './digest.ts';
import { plainBytes } from './plain-bytes.ts';
import { importPrivateKey } from './private-key.ts';
import { signWithDigest } from './sign-with-digest.ts';

/** Signs certificates, requests and CRLs with one private key, which it does not give away. */
export type Signer = {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** AlgorithmIdentifier, DER, as it goes into certificates and CRLs: SHA-256 for RSA and P-256, SHA-384 for P-384. */
  readonly signatureAlgorithm: Uint8Array;
  /** RSA PKCS#1 v1.5, or ECDSA in DER form. */
  sign(data: Uint8Array): Promise<Uint8Array>;
  /** Signs a TBSCertificate and seals the answer that carries it; null where there are no threads to do it on. */
  readonly certify: ((tbs: Uint8Array, reply: CertificateReply) => Promise<Certified>) | null;
};

/** Signs on the worker threads with a key that was added to the pool, and lets others go first if it `yields`. */
export function poolSigner(pool: CryptoPool, keyId: string, publicKey: Uint8Array, turn?: 'yields'): Signer {
  const { digest, signatureAlgorithm } = signingScheme(publicKey);
  return {
    publicKey,
    signatureAlgorithm,
    sign: (data) => pool.sign(keyId, digest, data, turn),
    certify: (tbs, reply) => pool.certify({ keyId, digest, tbs, signatureAlgorithm, reply }),
  };
}

/** Signs on this thread: for clients, the command line, and keys that are used once. */
export function inlineSigner(pkcs8: Uint8Array): Signer {
  const key = importPrivateKey(pkcs8);
  const publicKey = plainBytes(createPublicKey(key).export({ type: 'spki', format: 'der' }));
  const { digest, signatureAlgorithm } = signingScheme(publicKey);
  return { publicKey, signatureAlgorithm, sign: async (data) => signWithDigest(key, digest, data), certify: null };
}

/** Throws `Failure` `signing-key-unsupported` for other keys than RSA, P-256 and P-384. */
function signingScheme(publicKey: Uint8Array): { digest: Digest; signatureAlgorithm: Uint8Array } {
  const key = parsePublicKey(publicKey);
  const digest: Digest = key.kind === 'ec' && key.curve === 'P-384' ? 'sha384' : 'sha256';
  const known = key.kind === 'rsa' ? !key.pssOnly : key.kind === 'ec' && /^P-(256|384)$/.test(key.curve);
  const scheme = known && key.kind !== 'other' ? signatureScheme(key.kind, digest) : undefined;
  if (scheme === undefined)
    throw new Failure(
      'cryptography',
      'signing-key-unsupported',
      'Only RSA keys and the curves P-256 and P-384 can sign here.',
      key.kind === 'ec' ? { curve: key.curve } : {},
    );
  return { digest, signatureAlgorithm: encode(encodeAlgorithm(scheme.identifier)) };
}
