import { fromBase64, toHex } from '../lib/bytes.ts';
import type { Expectation, UnresolvedVariable } from './expectation.ts';
import { resolveExpectation } from './resolve-expectation.ts';
import type { ProfileFacts } from './resolve-variables.ts';
import type { ScepSettings, ValidityPeriod } from './scep-settings.ts';

/** When a certificate issued now would begin and end, ms; the authority has the last word on it. */
export type ValidityOf = (period: ValidityPeriod | null) => { readonly notBefore: number; readonly notAfter: number };

export type ProfilePreview = {
  readonly subject: string | null;
  /** Hex, as `name encode` prints it. */
  readonly subjectDer: string | null;
  readonly subjectAlternativeNames: Expectation['subjectAlternativeNames'];
  readonly keyUsage: Expectation['keyUsage'];
  readonly extendedKeyUsage: Expectation['extendedKeyUsages'];
  readonly notBefore: number | null;
  readonly notAfter: number | null;
  readonly unresolved: readonly UnresolvedVariable[];
  /** Why there would be no certificate; null when there would be one. */
  readonly problem: { readonly code: string; readonly detail: string } | null;
};

/** What a profile would ask for on one device, without doing anything. */
export function previewProfile(settings: ScepSettings, facts: ProfileFacts, validityOf: ValidityOf): ProfilePreview {
  const result = resolveExpectation(settings, facts);
  const settled = { keyUsage: settings.keyUsage, extendedKeyUsage: settings.extendedKeyUsages };
  if (result.kind === 'failed') {
    const { code, detail, unresolved } = result.failure;
    return {
      subject: null,
      subjectDer: null,
      subjectAlternativeNames: [],
      ...settled,
      notBefore: null,
      notAfter: null,
      unresolved,
      problem: { code, detail },
    };
  }
  const { expectation } = result;
  return {
    subject: expectation.subjectText,
    subjectDer: toHex(fromBase64(expectation.subject) ?? new Uint8Array()),
    subjectAlternativeNames: expectation.subjectAlternativeNames,
    ...settled,
    ...validityOf(expectation.validityPeriod),
    unresolved: [],
    problem: null,
  };
}
