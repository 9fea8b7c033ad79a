import { createHash } from 'node:crypto';
import type { Digest } from './digest.ts';
import { plainBytes } from './plain-bytes.ts';

/** The ID of RFC 7292 appendix B.3. */
const purposes = { key: 1, iv: 2, mac: 3 } as const;

type Derivation = {
  readonly digest: Digest;
  readonly purpose: keyof typeof purposes;
  /** From `passwordBytes`. */
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Bytes wanted. */
  readonly length: number;
};

/**
 * The passphrase as PKCS#12 wants it: big-endian UTF-16 with two zeros at the end (RFC 7292 appendix B.1). For the empty
 * one writers disagree whether the zeros are there.
 */
export function passwordBytes(passphrase: string): readonly Uint8Array[] {
  const bytes = new Uint8Array(2 * passphrase.length + 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < passphrase.length; i++) view.setUint16(2 * i, passphrase.charCodeAt(i));
  return passphrase === '' ? [bytes, new Uint8Array(0)] : [bytes];
}

/** RFC 7292 appendix B.2. */
export function deriveKey({ digest, purpose, password, salt, iterations, length }: Derivation): Uint8Array {
  const blockLength = digest === 'sha1' || digest === 'sha256' ? 64 : 128;
  const diversifier = new Uint8Array(blockLength).fill(purposes[purpose]);
  const input = new Uint8Array([...repeated(salt, blockLength), ...repeated(password, blockLength)]);
  const result = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    let block = createHash(digest).update(diversifier).update(input).digest();
    for (let i = 1; i < iterations; i++) block = createHash(digest).update(block).digest();
    const part = plainBytes(block).subarray(0, length - at);
    result.set(part, at);
    at += part.length;
    addToBlocks(input, repeated(block, blockLength).subarray(0, blockLength));
  }
  return result;
}

/** Copies of `bytes`, as many as fill whole blocks. */
function repeated(bytes: Uint8Array, blockLength: number): Uint8Array {
  const whole = new Uint8Array(blockLength * Math.ceil(bytes.length / blockLength));
  for (let i = 0; i < whole.length; i++) whole[i] = bytes[i % bytes.length] as number;
  return whole;
}

/** Adds `addend` + 1 to each block of `input`, as big-endian numbers of that length. */
function addToBlocks(input: Uint8Array, addend: Uint8Array): void {
  for (let block = 0; block < input.length; block += addend.length) {
    let carry = 1;
    for (let i = addend.length - 1; i >= 0; i--) {
      const sum = (input[block + i] as number) + (addend[i] as number) + carry;
      input[block + i] = sum & 0xff;
      carry = sum >> 8;
    }
  }
}
