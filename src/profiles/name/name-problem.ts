import { isIa5 } from '../../formats/asn1/text.ts';
import type { Name, NameAttribute } from '../../formats/x509/name.ts';
import { halfCharacterDetail, misfitDetail } from './encode-x500-string.ts';
import { boundViolations, hasBound } from './upper-bounds.ts';
import { keyOfOid, misfit, stringKindOf } from './x500-key.ts';

/** Why no authority should put a name into a certificate, although the grammar allows it. */
export type NameProblem = { readonly code: string; readonly detail: string };

/** The first thing wrong with a name by RFC 5280 §4.1.2.4 and X.520; undefined when nothing is. */
export function nameProblem(name: Name): NameProblem | undefined {
  for (const rdn of name) {
    for (const attribute of rdn) {
      const problem = attributeProblem(attribute) ?? lengthProblem(attribute);
      if (problem !== undefined) return problem;
    }
    const twice = rdn.find(({ type }, i) => rdn.findIndex((other) => other.type === type) < i);
    // X.501 §9.3
    if (twice !== undefined)
      return {
        code: 'attribute-twice',
        detail: `${keyOfOid(twice.type)} stands twice in one RDN; separate them by a comma.`,
      };
  }
  return undefined;
}

function attributeProblem({ type, value }: NameAttribute): NameProblem | undefined {
  const key = keyOfOid(type);
  if (typeof value !== 'string')
    return hasBound(type) ? { code: 'not-text', detail: `${key} takes text, not a hexadecimal value.` } : undefined;
  if (value === '') return { code: 'empty-value', detail: `${key} would be empty.` };
  if (!value.isWellFormed()) return { code: 'half-character', detail: halfCharacterDetail(key) };
  const found = misfit(type, value);
  if (found !== undefined) return { code: misfitCodes[found.code], detail: misfitDetail(key, value, found) };
  if (stringKindOf(type) === 'ia5-or-utf8' && !isIa5(value))
    return { code: 'ascii-only', detail: `${key} takes ASCII characters only: “${value}”.` };
  return /\p{Cc}/u.test(value)
    ? { code: 'control-character', detail: `${key} would hold a control character.` }
    : undefined;
}

function lengthProblem(attribute: NameAttribute): NameProblem | undefined {
  const [violation] = boundViolations([[attribute]]);
  if (violation === undefined) return undefined;
  const { code, key, value, length, limit } = violation;
  if (code === 'country-not-two-letters') return { code, detail: `${key} must be two letters; “${value}” is not.` };
  return { code, detail: `${key} would be ${length} characters long; at most ${limit} are allowed: “${value}”.` };
}

const misfitCodes = {
  'invalid-x500-string': 'invalid-subject',
  'invalid-numeric-string': 'numeric-only',
  'invalid-printable-string': 'printable-only',
  'invalid-ia5-string': 'ascii-only',
} as const;
