import type { Name } from '../../formats/x509/name.ts';
import { keyOfOid } from './x500-key.ts';

/** A value that is longer than X.520 allows its attribute to be. Lengths count characters. */
export type BoundViolation = {
  /** `common-name-too-long`, `country-not-two-letters`. */
  readonly code: string;
  readonly key: string;
  readonly value: string;
  readonly length: number;
  readonly limit: number;
};

/** X.520 annex C and RFC 5280 appendix A.1, as AD CS enforces them (intune-domain 2.4). */
const bounds = new Map<string, { readonly limit: number; readonly attribute: string }>([
  ['2.5.4.3', { limit: 64, attribute: 'common-name' }],
  ['2.5.4.4', { limit: 64, attribute: 'surname' }],
  ['2.5.4.5', { limit: 64, attribute: 'serial-number' }],
  ['2.5.4.6', { limit: 2, attribute: 'country' }],
  ['2.5.4.7', { limit: 128, attribute: 'locality' }],
  ['2.5.4.8', { limit: 128, attribute: 'state' }],
  ['2.5.4.9', { limit: 128, attribute: 'street' }],
  ['2.5.4.10', { limit: 64, attribute: 'organization' }],
  ['2.5.4.11', { limit: 64, attribute: 'organizational-unit' }],
  ['2.5.4.12', { limit: 64, attribute: 'title' }],
  ['2.5.4.42', { limit: 64, attribute: 'given-name' }],
  ['2.5.4.43', { limit: 64, attribute: 'initials' }],
  ['2.5.4.17', { limit: 40, attribute: 'postal-code' }],
  ['2.5.4.65', { limit: 128, attribute: 'pseudonym' }],
  ['0.9.2342.19200300.100.1.1', { limit: 256, attribute: 'user-id' }],
  ['1.2.840.113549.1.9.2', { limit: 255, attribute: 'unstructured-name' }],
  ['1.2.840.113549.1.9.1', { limit: 255, attribute: 'email' }],
  ['0.9.2342.19200300.100.1.25', { limit: 63, attribute: 'domain-component' }],
]);

const country = '2.5.4.6';

/** True for the attributes that X.520 and RFC 5280 define as text with a limit. */
export function hasBound(oid: string): boolean {
  return bounds.has(oid);
}

/** Every value of the name that is too long or, for a country, not two letters; in order. */
export function boundViolations(name: Name): BoundViolation[] {
  const violations: BoundViolation[] = [];
  for (const { type, value } of name.flat()) {
    const bound = bounds.get(type);
    if (bound === undefined || typeof value !== 'string') continue;
    const length = [...value].length;
    const key = keyOfOid(type);
    if (type === country) {
      if (!/^[A-Za-z]{2}$/.test(value))
        violations.push({ code: 'country-not-two-letters', key, value, length, limit: 2 });
    } else if (length > bound.limit)
      violations.push({ code: `${bound.attribute}-too-long`, key, value, length, limit: bound.limit });
  }
  return violations;
}
