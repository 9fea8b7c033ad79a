import { isOid } from '../formats/asn1/oid.ts';
import { Failure } from '../lib/failure.ts';
import type { CertificateTemplate } from './issuer.ts';

/** What a new authority is willing to issue. */
export const defaultTemplate: CertificateTemplate = {
  name: 'default',
  maximumValidity: 730,
  profileMaySetValidity: true,
  keySizes: [2048, 3072, 4096],
  hashAlgorithms: ['sha2'],
  keyUsages: ['digitalSignature', 'keyEncipherment'],
  extendedKeyUsages: null,
};

/** For clients that know nothing better; an authority has it only when it is asked for. */
export const legacyTemplate: CertificateTemplate = {
  ...defaultTemplate,
  name: 'legacy',
  keySizes: [1024, 2048, 3072, 4096],
  hashAlgorithms: ['sha1', 'sha2'],
};

const keySizes = [1024, 2048, 3072, 4096] as const;
const hashAlgorithms = ['sha1', 'sha2'] as const;
const keyUsages = ['digitalSignature', 'keyEncipherment'] as const;

/** From JSON. Throws `Failure` `template-invalid` with `params.field`. */
export function parseCertificateTemplate(value: unknown): CertificateTemplate {
  if (typeof value !== 'object' || value === null) throw invalid('', 'is not an object');
  const fields = value as Record<string, unknown>;
  const { name, maximumValidity, profileMaySetValidity, extendedKeyUsages } = fields;
  if (typeof name !== 'string' || !/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(name))
    throw invalid('name', 'must be 1 to 64 lower-case letters, digits and hyphens');
  if (!Number.isInteger(maximumValidity) || (maximumValidity as number) < 1 || (maximumValidity as number) > 36_500)
    throw invalid('maximumValidity', 'must be a whole number of days between 1 and 36500');
  if (typeof profileMaySetValidity !== 'boolean') throw invalid('profileMaySetValidity', 'must be true or false');
  return {
    name,
    maximumValidity: maximumValidity as number,
    profileMaySetValidity,
    keySizes: subset('keySizes', fields.keySizes, keySizes),
    hashAlgorithms: subset('hashAlgorithms', fields.hashAlgorithms, hashAlgorithms),
    keyUsages: subset('keyUsages', fields.keyUsages, keyUsages),
    extendedKeyUsages: extendedKeyUsages === null ? null : oids(extendedKeyUsages),
  };
}

function subset<T>(field: string, value: unknown, known: readonly T[]): T[] {
  const list = Array.isArray(value) ? value : [];
  if (list.length === 0 || new Set(list).size !== list.length || !list.every((item) => known.includes(item)))
    throw invalid(field, `must be a list of some of ${known.join(', ')}`);
  return list;
}

function oids(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'string' && isOid(item)))
    throw invalid('extendedKeyUsages', 'must be null (any) or a list of object identifiers');
  return value;
}

function invalid(field: string, problem: string): Failure {
  const message = `The certificate template's ${field === '' ? 'definition' : field} ${problem}.`;
  return new Failure('invalid', 'template-invalid', message, { field });
}
