/** Documents of profiles with nothing to find in them, and changes to them. */
import assert from 'node:assert/strict';
import { day } from '../../src/lib/clock.ts';
import type { Finding } from '../../src/profiles/finding.ts';
import type { IssuerDescription } from '../../src/profiles/issuer-facts.ts';
import type { ParseProfileContext } from '../../src/profiles/parse-profile.ts';
import type { ProfileId } from '../../src/profiles/profile-id.ts';
import type { RuleFacts } from '../../src/profiles/rules/rule.ts';
import type { ScepSettings } from '../../src/profiles/scep-settings.ts';
import { validateProfile } from '../../src/profiles/validate-profile.ts';

export const profileTime = Date.UTC(2026, 0, 1);

/** Knows `root` on every platform, `ios-root`, and a name that means two. */
export const profileContext: ParseProfileContext = {
  now: profileTime,
  findTrustedProfile: (reference, platform) => {
    if (reference === 'twice') return { ambiguous: ['twice-1', 'twice-2'] };
    return reference === 'root' || reference === 'ios-root'
      ? { id: 'r' as ProfileId, platform: reference === 'root' ? platform : 'ios' }
      : null;
  },
};

export const issuerDescription: IssuerDescription = {
  template: {
    name: 'default',
    maximumValidity: 730,
    profileMaySetValidity: true,
    keySizes: [2048, 4096],
    hashAlgorithms: ['sha2'],
    keyUsages: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
  },
  issuerNotAfter: profileTime + 3650 * day,
  chain: [],
};

export type ProfileChange = {
  readonly platform?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
};

/** A SCEP profile for Linux, changed. */
export function profileDocumentWith({ settings, ...header }: ProfileChange): Readonly<Record<string, unknown>> {
  return {
    kind: 'scep',
    name: 'Wi-Fi',
    platform: 'linux',
    ...header,
    settings: {
      rootCertificate: 'root',
      extendedKeyUsages: ['Client Authentication'],
      subjectNameFormat: 'CN={{UserPrincipalName}}',
      subjectAlternativeNames: ['upn'],
      ...settings,
    },
  };
}

export type KnownFacts = Omit<RuleFacts, 'now'>;

export function profileFindings(change: ProfileChange, facts: KnownFacts = {}): readonly Finding[] {
  return validateProfile(profileDocumentWith(change), profileContext, () => facts).findings;
}

/** `V6 error settings.subjectNameFormat` for each. */
export function findingLines(change: ProfileChange, facts: KnownFacts = {}): string[] {
  return profileFindings(change, facts).map(({ rule, severity, path }) => `${rule} ${severity} ${path}`);
}

export function profileSettings(change: ProfileChange): ScepSettings {
  const { draft, findings } = validateProfile(profileDocumentWith(change), profileContext);
  if (draft?.kind !== 'scep') assert.fail(JSON.stringify(findings));
  return draft.settings;
}
