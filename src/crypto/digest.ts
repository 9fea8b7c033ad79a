import { hash } from 'node:crypto';
import type { DigestName } from '../formats/x509/algorithms.ts';
import { plainBytes } from './plain-bytes.ts';

/** The digests that we compute. MD5 is recognised in input so that a refusal can name it, and never computed. */
export type Digest = Exclude<DigestName, 'md5'>;

export function digest(name: Digest, data: Uint8Array): Uint8Array {
  return plainBytes(hash(name, data, 'buffer'));
}

/** Lower-case hex. */
export function sha256Hex(data: Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** Lower-case hex: certificate thumbprints as administrators know them. */
export function sha1Hex(data: Uint8Array): string {
  return hash('sha1', data, 'hex');
}
