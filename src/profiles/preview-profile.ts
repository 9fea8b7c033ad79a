import type { Platform } from '../directory/platform.ts';
import { fromBase64, toHex } from '../lib/bytes.ts';
import { type CertificatePlace, certificatePlace, type UrlOrder, urlOrder } from './certificate-place.ts';
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
  /** As they are written; `urlOrder` is what becomes of that on the way to the device. */
  readonly scepServerUrls: readonly string[];
  readonly urlOrder: UrlOrder;
  readonly store: CertificatePlace['store'];
  readonly keyStorage: CertificatePlace['key'];
  readonly unresolved: readonly UnresolvedVariable[];
  /** Why there would be no certificate; null when there would be one. With `wrong-platform` the rest is what it would hold. */
  readonly problem: { readonly code: string; readonly detail: string } | null;
};

/**
 * What a profile would ask for on one device, without doing anything. `slug` is null for a profile that has none yet;
 * `ownUrl` is this server's SCEP address for it.
 */
export function previewProfile(
  profile: { readonly settings: ScepSettings; readonly slug: string | null; readonly ownUrl: string },
  facts: ProfileFacts,
  validityOf: ValidityOf,
): ProfilePreview {
  const { settings, slug, ownUrl } = profile;
  const result = resolveExpectation(settings, facts);
  const { store, key } = certificatePlace(settings, slug);
  const settled = {
    keyUsage: settings.keyUsage,
    extendedKeyUsage: settings.extendedKeyUsages,
    scepServerUrls: settings.scepServerUrls.length > 0 ? settings.scepServerUrls : [ownUrl],
    urlOrder: urlOrder(settings.platform),
    store,
    keyStorage: key,
  };
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
    problem: otherPlatform(settings.platform, facts.device.platform),
  };
}

/** The name is shown all the same: whose it would be is worth knowing while a profile is written. */
function otherPlatform(profile: Platform, device: Platform): ProfilePreview['problem'] {
  if (profile === device) return null;
  return {
    code: 'wrong-platform',
    detail: `The profile is for ${profile}, the device is ${device}: it never gets the profile.`,
  };
}
