import { type Envelope, openEnvelope } from './envelope.ts';
import { importPrivateKey } from './private-key.ts';

/** Opens what was enveloped for one private key, which it does not give away. */
export type Decrypter = {
  /** Null for everything that may be wrong with it. */
  open(envelope: Envelope): Promise<Uint8Array | null>;
};

/** Works on this thread: for clients. The server opens requests with `CryptoPool.openRequest`. */
export function inlineDecrypter(pkcs8: Uint8Array): Decrypter {
  const key = importPrivateKey(pkcs8);
  return { open: async (envelope) => openEnvelope(key, envelope) };
}
