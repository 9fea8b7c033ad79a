import { generateKeyPair, type KeyKind, type KeyPair, keyKinds } from '../crypto/key-pair.ts';
import { Failure } from '../lib/failure.ts';

/** A fresh RSA key for an agent, of a size that a profile can ask for. Made on libuv's threads. */
export function makeDeviceKey(bits: number): Promise<KeyPair> {
  const kind = `rsa-${bits}` as KeyKind;
  if (keyKinds.includes(kind)) return generateKeyPair(kind);
  throw new Failure('invalid', 'key-size-unknown', `Keys of ${bits} bits are not made here.`, { bits });
}
