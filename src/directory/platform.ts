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

/** Whether a device of the platform can be managed that way; an unknown kind does where it makes no difference. */
export function managementFits(platform: Platform, management: Management | null): boolean {
  // intune-domain 1.1: the profile types reach all kinds of a platform, and which one matters for corporate devices only.
  return management === null ? platform !== 'androidEnterpriseCorporate' : managementsOf[platform].includes(management);
}

/** For people: what the kind of management may be. */
export function managementHint(platform: Platform): string {
  const allowed = managementsOf[platform];
  return allowed.length === 0
    ? `Devices of platform ${platform} have no kind of management: leave it empty.`
    : `Devices of platform ${platform} are managed as ${allowed.join(' or ')}.`;
}
