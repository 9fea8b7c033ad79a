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

export function isManagement(text: string): text is Management {
  return (managements as readonly string[]).includes(text);
}

/** The kinds of management that devices of a platform have (intune-domain 1.1); empty: the platform knows no kinds. */
export const managementsOf: Readonly<Record<Platform, readonly Management[]>> = {
  androidDeviceAdministrator: [],
  androidEnterpriseCorporate: ['fullyManaged', 'dedicated', 'corporateWorkProfile'],
  androidEnterprisePersonal: ['personalWorkProfile'],
  androidOpenSource: ['userAssociated', 'userless'],
  ios: [],
  macos: [],
  windows81: [],
  windows10: [],
  linux: [],
};
