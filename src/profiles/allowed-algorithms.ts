import type { Platform } from '../directory/platform.ts';
import type { CipherName, DigestName } from '../formats/x509/algorithms.ts';
import type { ScepSettings } from './scep-settings.ts';

export type AllowedDigest = Exclude<DigestName, 'md5'>;

/** These always take the strongest, so their SHA-1 switch does nothing (intune-domain 1.9). */
const strongestOnly: readonly Platform[] = [
  'androidEnterpriseCorporate',
  'androidEnterprisePersonal',
  'androidOpenSource',
];

export function ignoresSha1(platform: Platform): boolean {
  return strongestOnly.includes(platform);
}

const sha2: readonly AllowedDigest[] = ['sha256', 'sha384', 'sha512'];

/**
 * Digests that may sign a CSR or a SCEP message of this profile. Hash algorithm is the only switch for SHA-1; Apple has
 * no such setting and means SHA-2. Never empty.
 */
export function allowedDigests(settings: ScepSettings): readonly AllowedDigest[] {
  if (!('hashAlgorithm' in settings) || ignoresSha1(settings.platform)) return sha2;
  const withSha1: readonly AllowedDigest[] = settings.hashAlgorithm.includes('sha1') ? ['sha1'] : [];
  return settings.hashAlgorithm.includes('sha2') ? [...sha2, ...withSha1] : withSha1;
}

const aes: readonly CipherName[] = ['aes128-cbc', 'aes192-cbc', 'aes256-cbc'];

/** Ciphers that a request of this profile may be encrypted with. */
export function allowedCiphers({ server }: Pick<ScepSettings, 'server'>): readonly CipherName[] {
  const { tripleDes, singleDes } = server.ciphers;
  return [...aes, ...(tripleDes ? (['des-ede3-cbc'] as const) : []), ...(singleDes ? (['des-cbc'] as const) : [])];
}
