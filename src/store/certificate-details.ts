import { parseCertificateFrame } from '../formats/x509/certificate.ts';
import { extendedKeyUsage } from '../formats/x509/extended-key-usage.ts';
import { extensionOid } from '../formats/x509/extension.ts';
import { keyUsage } from '../formats/x509/key-usage.ts';
import type { Profile } from '../profiles/profile.ts';
import type { InventoryItem } from '../reporting/certificate-inventory.ts';

type OfCertificate = Pick<InventoryItem, 'keyUsage' | 'extendedKeyUsages' | 'key'>;
type OfProfile = Pick<
  InventoryItem,
  | 'profileSlug'
  | 'profileName'
  | 'platform'
  | 'keyStorageProvider'
  | 'validityPeriod'
  | 'subjectNameFormat'
  | 'subjectAlternativeNameFormats'
>;

/** What a certificate itself says. Nothing where it cannot be read: a report shows the rest of the line. */
export function detailsOfCertificate(der: Uint8Array): OfCertificate {
  try {
    const { publicKey, extensions } = parseCertificateFrame(der);
    const extension = (oid: string) => extensions.find((each) => each.oid === oid)?.value;
    const usage = extension(extensionOid.keyUsage);
    const purposes = extension(extensionOid.extendedKeyUsage);
    const key = publicKey.kind === 'rsa' ? `RSA ${publicKey.bits}` : publicKey.kind === 'ec' ? publicKey.curve : '';
    return {
      keyUsage: usage === undefined ? [] : keyUsage(usage),
      extendedKeyUsages: purposes === undefined ? [] : extendedKeyUsage(purposes),
      key,
    };
  } catch {
    return { keyUsage: [], extendedKeyUsages: [], key: '' };
  }
}

/** What the profile says now; of one that is deleted, what it said last. */
export function detailsOfProfile(profile: Profile | null): OfProfile {
  const none = { keyStorageProvider: null, validityPeriod: null, subjectNameFormat: null };
  if (profile === null)
    return { profileSlug: null, profileName: null, platform: null, ...none, subjectAlternativeNameFormats: [] };
  const { slug, name, settings, kind } = profile;
  const header = { profileSlug: slug, profileName: name, platform: settings.platform };
  if (kind !== 'scep') return { ...header, ...none, subjectAlternativeNameFormats: [] };
  const { certificateValidityPeriod, subjectNameFormat, subjectAlternativeNames } = profile.settings;
  return {
    ...header,
    keyStorageProvider: keyStorageOf(profile.settings),
    validityPeriod: certificateValidityPeriod,
    subjectNameFormat,
    subjectAlternativeNameFormats: subjectAlternativeNames.map(({ type, value }) => `${type}:${value}`),
  };
}

function keyStorageOf(settings: Extract<Profile, { kind: 'scep' }>['settings']): string | null {
  if ('keyStorageProvider' in settings) return settings.keyStorageProvider;
  return 'keyStorage' in settings ? settings.keyStorage : null;
}
