import { generateKeyPair, type KeyKind, type KeyPair } from '../../src/crypto/key-pair.ts';
import { type RsaSize, takeRsaKey } from './key-pool.ts';

/** As `generateKeyPair`, with RSA keys from the run's pool. */
export async function testKeyPair(kind: KeyKind): Promise<KeyPair> {
  const size = Number(kind.slice(4));
  if (!kind.startsWith('rsa-') || size < 2048) return generateKeyPair(kind);
  const { privateKey, publicKey } = await takeRsaKey(size as RsaSize);
  return {
    privateKey: Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })),
    publicKey: Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' })),
  };
}
