import { createPublicKey, generateKeyPair as generateKeyPairCallback } from 'node:crypto';
import { promisify } from 'node:util';
import { plainBytes } from './plain-bytes.ts';
import { importPrivateKey } from './private-key.ts';

/** `rsa-1024` is for devices of profiles that allow it, never for an authority. */
export const keyKinds = ['rsa-1024', 'rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384'] as const;
export type KeyKind = (typeof keyKinds)[number];

export type KeyPair = {
  /** PKCS#8, DER. */
  readonly privateKey: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
};

const generate = promisify(generateKeyPairCallback);

/** Takes 0.1 to 3 seconds for RSA, on libuv's threads: never inside a transaction. */
export async function generateKeyPair(kind: KeyKind): Promise<KeyPair> {
  const { privateKey, publicKey } = kind.startsWith('rsa-')
    ? await generate('rsa', { modulusLength: Number(kind.slice(4)) })
    : await generate('ec', { namedCurve: kind === 'p-256' ? 'P-256' : 'P-384' });
  return {
    privateKey: plainBytes(privateKey.export({ type: 'pkcs8', format: 'der' })),
    publicKey: plainBytes(publicKey.export({ type: 'spki', format: 'der' })),
  };
}

/** SubjectPublicKeyInfo of a PKCS#8 key. Throws as `importPrivateKey` does. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  return plainBytes(createPublicKey(importPrivateKey(privateKey)).export({ type: 'spki', format: 'der' }));
}
