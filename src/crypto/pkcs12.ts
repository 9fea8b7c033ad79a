import { createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { PasswordScheme } from '../formats/pkcs12/password-scheme.ts';
import { type Pkcs12, parsePkcs12, parseSafeContents, type Safe, type SafeBag } from '../formats/pkcs12/pkcs12.ts';
import { utf8 } from '../lib/bytes.ts';
import { Failure, isFailure } from '../lib/failure.ts';
import { decryptContent } from './content-cipher.ts';
import { deriveKey, passwordBytes } from './pkcs12-derivation.ts';
import { sameSecret } from './same-secret.ts';

export type OpenedPkcs12 = {
  /** PKCS#8, DER. */
  readonly privateKeys: readonly Uint8Array[];
  /** DER, in the order of the file. */
  readonly certificates: readonly Uint8Array[];
};

const derivePbkdf2 = promisify(pbkdf2);

/** What a file by Windows before 2019 or by old OpenSSL is encrypted with: pbeWithSHAAnd40BitRC2-CBC and its like. */
const rc2Oids = new Set(['1.2.840.113549.1.12.1.5', '1.2.840.113549.1.12.1.6']);

/**
 * Opens a PKCS#12 file (RFC 7292): PBES2 with PBKDF2 and AES or 3DES, or pbeWithSHAAnd3-KeyTripleDES-CBC. The MAC is
 * checked first. Throws `Failure` `passphrase-wrong`, `pkcs12-rc2`, `pkcs12-encryption`, `pkcs12-mac`, or as
 * `parsePkcs12` does.
 */
export async function openPkcs12(file: Uint8Array, passphrase: string): Promise<OpenedPkcs12> {
  const parsed = parsePkcs12(file);
  checkMac(parsed, passphrase);
  const privateKeys: Uint8Array[] = [];
  const certificates: Uint8Array[] = [];
  for (const safe of parsed.safes)
    for (const bag of await bagsOf(safe, passphrase)) {
      if (bag.kind === 'certificate') certificates.push(bag.der);
      if (bag.kind === 'key') privateKeys.push(bag.pkcs8);
      if (bag.kind === 'encrypted-key') privateKeys.push(await decrypt(bag.scheme, bag.encrypted, passphrase));
    }
  return { privateKeys, certificates };
}

function checkMac({ mac, authenticatedSafe }: Pkcs12, passphrase: string): void {
  if (mac === undefined) return;
  const { digest } = mac;
  if (digest === undefined || digest === 'md5')
    throw failure('pkcs12-mac', 'The file is protected by a kind of MAC that is not supported.');
  const length = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 }[digest];
  const fits = passwordBytes(passphrase).some((password) => {
    const key = deriveKey({ digest, purpose: 'mac', password, salt: mac.salt, iterations: mac.iterations, length });
    return sameSecret(createHmac(digest, key).update(authenticatedSafe).digest(), mac.value);
  });
  if (!fits) throw wrongPassphrase();
}

async function bagsOf(safe: Safe, passphrase: string): Promise<readonly SafeBag[]> {
  if (safe.kind === 'plain') return safe.bags;
  const content = await decrypt(safe.scheme, safe.encrypted, passphrase);
  try {
    return parseSafeContents(content);
  } catch (error) {
    // Without a MAC, and one time in 256, a wrong passphrase gives something that only looks decrypted.
    throw isFailure(error) ? wrongPassphrase() : error;
  }
}

async function decrypt(scheme: PasswordScheme, encrypted: Uint8Array, passphrase: string): Promise<Uint8Array> {
  if (scheme.kind === 'other') throw unsupported(scheme.oid);
  const content =
    scheme.kind === 'pbes2' ? await openPbes2(scheme, encrypted, passphrase) : open3des(scheme, encrypted, passphrase);
  if (content === null) throw wrongPassphrase();
  return content;
}

async function openPbes2(
  scheme: Extract<PasswordScheme, { kind: 'pbes2' }>,
  encrypted: Uint8Array,
  passphrase: string,
): Promise<Uint8Array | null> {
  const { salt, iterations, digest, cipher, iv } = scheme;
  const key = await derivePbkdf2(utf8(passphrase), salt, iterations, cipher.keyLength, digest);
  return decryptContent(cipher.name, key, iv, encrypted);
}

function open3des(
  { salt, iterations }: Extract<PasswordScheme, { kind: 'pkcs12-sha1-3des' }>,
  encrypted: Uint8Array,
  passphrase: string,
): Uint8Array | null {
  for (const password of passwordBytes(passphrase)) {
    const common = { digest: 'sha1', password, salt, iterations } as const;
    const key = deriveKey({ ...common, purpose: 'key', length: 24 });
    const iv = deriveKey({ ...common, purpose: 'iv', length: 8 });
    const content = decryptContent('des-ede3-cbc', key, iv, encrypted);
    if (content !== null) return content;
  }
  return null;
}

function unsupported(oid: string): Failure {
  const remedy =
    'Export it again: openssl pkcs12 -in old.p12 -legacy -nodes -out all.pem && openssl pkcs12 -export -keypbe AES-256-CBC -certpbe AES-256-CBC -in all.pem -out new.p12';
  return rc2Oids.has(oid)
    ? failure('pkcs12-rc2', `The file is encrypted with RC2, which is broken and not supported. ${remedy}`)
    : failure('pkcs12-encryption', `The file is encrypted with ${oid}, which is not supported. ${remedy}`);
}

function wrongPassphrase(): Failure {
  return failure('passphrase-wrong', 'The passphrase does not open the PKCS#12 file.');
}

function failure(code: string, message: string): Failure {
  return new Failure('invalid', code, message);
}
