/** What a filter can ask of a device (intune-domain 4.4): on which platforms, with which operators and values, from which fact. */
import type { DeviceFacts } from '../../directory/device.ts';
import { type Management, type Platform, platforms } from '../../directory/platform.ts';
import type { AssignableDevice } from '../reach.ts';

export type FilterOperator =
  | 'eq'
  | 'ne'
  | 'startsWith'
  | 'contains'
  | 'notContains'
  | 'in'
  | 'notIn'
  | 'gt'
  | 'ge'
  | 'lt'
  | 'le';

/** How a value is compared: as text without regard to case, as one of a few words, or as a version number by number. */
export type FilterValueKind = 'text' | 'choice' | 'version';

export type FilterPropertyName =
  | 'cpuArchitecture'
  | 'deviceCategory'
  | 'deviceManagementType'
  | 'deviceName'
  | 'deviceOwnership'
  | 'deviceTrustType'
  | 'enrollmentProfileName'
  | 'isRooted'
  | 'manufacturer'
  | 'model'
  | 'operatingSystemSKU'
  | 'operatingSystemVersion'
  | 'osVersion';

export type FilterProperty = {
  readonly name: FilterPropertyName;
  readonly kind: FilterValueKind;
  readonly platforms: readonly Platform[];
  readonly operators: readonly FilterOperator[];
  /** The words of a choice, as they are written; empty: any text. */
  readonly values: readonly string[];
  /** What the device says there, in those words; null: not known. */
  readonly read: (device: AssignableDevice) => string | null;
  /** Why another property should be used instead; null: nothing speaks against it. */
  readonly deprecated: string | null;
};

const ofText: readonly FilterOperator[] = ['eq', 'ne', 'startsWith', 'contains', 'notContains', 'in', 'notIn'];
const ofChoice: readonly FilterOperator[] = ['eq', 'ne', 'in', 'notIn'];
const ofVersion: readonly FilterOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

const windows: readonly Platform[] = ['windows10', 'windows81'];
const android: readonly Platform[] = [
  'androidDeviceAdministrator',
  'androidEnterpriseCorporate',
  'androidEnterprisePersonal',
  'androidOpenSource',
];

const managementTypes: Readonly<Record<Management, string>> = {
  // Whether a dedicated device is in shared mode the directory does not know: each counts as one that is not.
  dedicated: 'Corporate-owned dedicated devices without Entra ID Shared mode',
  corporateWorkProfile: 'Corporate-owned with work profile',
  fullyManaged: 'Corporate-owned fully managed',
  personalWorkProfile: 'Personally-owned work profile',
  userAssociated: 'AOSP user-associated devices',
  userless: 'AOSP userless devices',
};

/** The word for a fact that nobody knows, where a choice has one. */
const unknown = 'Unknown';

/**
 * What was said of the device. For what only the device itself can know well, what it reports stands in where nobody has
 * said anything; ownership, management, category and the like are never taken from it.
 */
function known<Name extends keyof AssignableDevice & keyof DeviceFacts>(
  device: AssignableDevice,
  name: Name,
): DeviceFacts[Name] | null {
  return device[name] ?? device.reported[name] ?? null;
}

/** amd64 and x64 are one architecture: Windows says the first, macOS the second. */
function architecture(device: AssignableDevice): string | null {
  const said = known(device, 'cpuArchitecture')?.toLowerCase() ?? null;
  if (said === null) return 'unknown';
  return said === 'x64' || said === 'x86_64' ? 'amd64' : said;
}

/** Graph has words of its own for it. */
function trust({ trustType }: AssignableDevice): string {
  switch (trustType?.toLowerCase()) {
    case undefined:
      return unknown;
    case 'azuread':
      return 'Azure AD joined';
    case 'serverad':
      return 'Hybrid Azure AD joined';
    case 'workplace':
      return 'Azure AD registered';
    default:
      return trustType ?? unknown;
  }
}

const table: readonly FilterProperty[] = [
  {
    name: 'cpuArchitecture',
    kind: 'choice',
    platforms: [...windows, 'macos', 'linux'],
    operators: ofChoice,
    values: ['amd64', 'x86', 'arm64', 'x64', 'unknown'],
    read: architecture,
    deprecated: null,
  },
  { ...text('deviceCategory'), read: ({ deviceCategory }) => deviceCategory },
  {
    name: 'deviceManagementType',
    kind: 'choice',
    platforms: ['androidEnterpriseCorporate', 'androidEnterprisePersonal', 'androidOpenSource'],
    operators: ofChoice,
    values: ['Corporate-owned dedicated devices with Entra ID Shared mode', ...Object.values(managementTypes)],
    read: ({ management }) => (management === null ? null : managementTypes[management]),
    deprecated: null,
  },
  { ...text('deviceName'), read: ({ deviceName }) => deviceName },
  {
    name: 'deviceOwnership',
    kind: 'choice',
    platforms,
    operators: ofChoice,
    values: ['Personal', 'Corporate', unknown],
    read: ({ ownership }) => ownership,
    deprecated: null,
  },
  {
    name: 'deviceTrustType',
    kind: 'choice',
    platforms: windows,
    operators: ofChoice,
    values: ['Azure AD joined', 'Azure AD registered', 'Hybrid Azure AD joined', unknown],
    read: trust,
    deprecated: null,
  },
  {
    ...text('enrollmentProfileName'),
    platforms: platforms.filter((platform) => platform !== 'androidDeviceAdministrator'),
    read: ({ enrollmentProfileName }) => enrollmentProfileName,
  },
  {
    name: 'isRooted',
    kind: 'choice',
    platforms: [...android, 'ios'],
    operators: ofChoice,
    values: ['True', 'False', unknown],
    read: (device) => {
      const rooted = known(device, 'isRooted');
      return rooted === null ? unknown : rooted ? 'True' : 'False';
    },
    deprecated: null,
  },
  { ...text('manufacturer'), read: (device) => known(device, 'manufacturer') },
  { ...text('model'), read: (device) => known(device, 'model') },
  { ...text('operatingSystemSKU'), platforms: windows, read: (device) => known(device, 'osEdition') },
  {
    name: 'operatingSystemVersion',
    kind: 'version',
    platforms,
    operators: ofVersion,
    values: [],
    read: (device) => known(device, 'osVersion'),
    deprecated: null,
  },
  {
    ...text('osVersion'),
    read: (device) => known(device, 'osVersion'),
    deprecated: 'osVersion compares versions as text, so that 10.0.9 comes after 10.0.19.',
  },
];

function text(name: FilterPropertyName): Omit<FilterProperty, 'read'> {
  return { name, kind: 'text', platforms, operators: ofText, values: [], deprecated: null };
}

export const filterProperties: ReadonlyMap<FilterPropertyName, FilterProperty> = new Map(
  table.map((property) => [property.name, property]),
);

const byFoldedName = new Map(table.map((property) => [property.name.toLowerCase(), property]));

/** Without regard to case. */
export function findFilterProperty(name: string): FilterProperty | undefined {
  return byFoldedName.get(name.toLowerCase());
}

/** The word that a choice has for what somebody wrote; `x64` is `amd64`. Undefined: it has no such word. */
export function choiceOf({ name, values }: FilterProperty, written: string): string | undefined {
  const folded = written.toLowerCase();
  const found = values.find((value) => value.toLowerCase() === folded);
  return name === 'cpuArchitecture' && found === 'x64' ? 'amd64' : found;
}
