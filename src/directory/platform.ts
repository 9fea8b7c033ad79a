/** The platforms as the directory spells them (CSV, API, YAML). */
export const platforms = [
  'androidDeviceAdministrator',
  'androidEnterpriseCorporate',
  'androidEnterprisePersonal',
  'androidOpenSource',
  'ios',
  'macos',
  'windows81',
  'windows10',
  'linux',
] as const;

export type Platform = (typeof platforms)[number];

export function isPlatform(text: string): text is Platform {
  return (platforms as readonly string[]).includes(text);
}

/** How an Android device is managed; the profile types for Android tell these apart (intune-domain 1.1). */
export const managements = [
  'fullyManaged',
  'dedicated',
  'corporateWorkProfile',
  'personalWorkProfile',
  'userAssociated',
  'userless',
] as const;

export type Management = (typeof managements)[number];
