import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type PemBlock, parsePem } from '../formats/x509/pem.ts';
import { Failure } from '../lib/failure.ts';
import { plainBytes } from './plain-bytes.ts';
import { importPrivateKey } from './private-key.ts';

const formats = {
  'PRIVATE KEY': 'pkcs8',
  'ENCRYPTED PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
} as const;

/**
 * The one private key of a PEM text, which may hold certificates besides, as PKCS#8 DER. Throws `Failure` `key-missing`,
 * `key-ambiguous`, `passphrase-needed`, `passphrase-wrong`, `private-key-malformed`, or as `parsePem` does.
 */
export function readPrivateKeyPem(text: string, passphrase: string | null): Uint8Array {
  const blocks = parsePem(text).filter(({ label }) => label in formats);
  const [block] = blocks;
  if (block === undefined) throw failure('key-missing', 'There is no private key in the PEM text.');
  if (blocks.length > 1)
    throw failure(
      'key-ambiguous',
      `There are ${blocks.length} private keys in the PEM text; give the one that is meant.`,
    );
  return plainBytes(importBlock(block, passphrase).export({ type: 'pkcs8', format: 'der' }));
}

/** PEM, PKCS#8. With a passphrase encrypted: PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC. */
export function writePrivateKeyPem(pkcs8: Uint8Array, passphrase: string | null): string {
  const key = importPrivateKey(pkcs8);
  const form = { type: 'pkcs8', format: 'pem' } as const;
  return (
    passphrase === null ? key.export(form) : key.export({ ...form, cipher: 'aes-256-cbc', passphrase })
  ) as string;
}

function importBlock({ label, der }: PemBlock, passphrase: string | null): KeyObject {
  const encrypted = label === 'ENCRYPTED PRIVATE KEY';
  if (encrypted && passphrase === null)
    throw failure('passphrase-needed', 'The private key is encrypted: its passphrase is needed.');
  const type = formats[label as keyof typeof formats];
  try {
    return createPrivateKey({
      key: Buffer.from(der),
      format: 'der',
      type,
      ...(encrypted ? { passphrase: passphrase ?? '' } : {}),
    });
  } catch (cause) {
    throw encrypted
      ? failure('passphrase-wrong', 'The passphrase does not open the private key.', cause)
      : failure('private-key-malformed', `The ${label} block holds no private key that can be read.`, cause);
  }
}

function failure(code: string, message: string, cause?: unknown): Failure {
  return new Failure('invalid', code, message, {}, { cause });
}
