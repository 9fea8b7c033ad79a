import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { CipherName } from '../formats/x509/algorithms.ts';
import { concatBytes } from '../lib/bytes.ts';

const opensslNames: Readonly<Record<CipherName, string>> = {
  'aes128-cbc': 'aes-128-cbc',
  'aes192-cbc': 'aes-192-cbc',
  'aes256-cbc': 'aes-256-cbc',
  'des-ede3-cbc': 'des-ede3-cbc',
  // OpenSSL 3 has no single DES any more. Encrypting, decrypting and encrypting with the same key is single DES.
  'des-cbc': 'des-ede3-cbc',
};

/** CBC with PKCS#7 padding. Key and iv must have the lengths of the cipher. */
export function encryptContent(name: CipherName, key: Uint8Array, iv: Uint8Array, content: Uint8Array): Uint8Array {
  const cipher = createCipheriv(opensslNames[name], keyFor(name, key), iv);
  return concatBytes([cipher.update(content), cipher.final()]);
}

/** Null when the padding is wrong or the content no whole number of blocks. */
export function decryptContent(
  name: CipherName,
  key: Uint8Array,
  iv: Uint8Array,
  content: Uint8Array,
): Uint8Array | null {
  try {
    const decipher = createDecipheriv(opensslNames[name], keyFor(name, key), iv);
    return concatBytes([decipher.update(content), decipher.final()]);
  } catch {
    return null;
  }
}

function keyFor(name: CipherName, key: Uint8Array): Uint8Array {
  return name === 'des-cbc' ? concatBytes([key, key, key]) : key;
}
