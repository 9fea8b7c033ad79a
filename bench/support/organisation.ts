/** A made-up organisation as CSV files, the same for the same seed: people of many countries, devices of every platform,
 * groups that nest, owners and values that are missing as they are in real directories. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../src/directory/platform.ts';
import { type RandomSource, seeded } from './random-source.ts';

export type OrganisationSize = {
  readonly users: number;
  readonly devices: number;
  readonly groups: number;
  /** Direct members of the largest group of each kind. */
  readonly largestGroup: number;
};

export const fullSize: OrganisationSize = { users: 50_000, devices: 100_000, groups: 2000, largestGroup: 20_000 };

export type OrganisationGroup = { readonly name: string; readonly kind: 'user' | 'device' };

export type Organisation = {
  readonly folder: string;
  readonly users: readonly string[];
  readonly devices: readonly { readonly name: string; readonly managedId: string; readonly platform: Platform }[];
  readonly groups: readonly OrganisationGroup[];
  readonly memberships: number;
};

const domain = 'corp.harbourline.example';

/** Writes users.csv, groups.csv, group-members.csv and devices.csv into `folder`. */
export function writeOrganisation(folder: string, size: OrganisationSize = fullSize, seed = 1): Organisation {
  mkdirSync(folder, { recursive: true });
  const random = seeded(seed);
  const users = writeUsers(folder, size.users, random);
  const devices = writeDevices(folder, size.devices, users, random);
  const groups = writeGroups(folder, size.groups, random);
  const memberships = writeMembers(folder, size, { users, devices, groups }, random);
  return { folder, users, devices, groups, memberships };
}

const givenNames = [
  'Jane',
  'Ole',
  'José',
  'Mei',
  'Priya',
  'Zoë',
  'Łukasz',
  'Айгуль',
  'Ingrid',
  'Tomás',
  'Aoife',
  'Nguyễn',
  'Björn',
  '明',
  'Fatima',
  'Kwame',
  'Søren',
  'Renée',
  'Yuki',
  'Dmitri',
];
const surnames = [
  'Doe',
  'Núñez',
  'Chen',
  'Raman',
  "O'Brien",
  'Åkesson',
  'Kowalski',
  'Müller',
  'Smith-Jones',
  'van der Berg',
  'Ivanov',
  'Yamamoto',
  'Haddad',
  'Mensah',
  'Ørsted',
  'Šimek',
  'Silva, Jr.',
  'Tanaka',
  'Nowak',
  'García',
];
const departments = [
  'Engineering',
  'Operations',
  'Finance',
  'R&D',
  'Sales, EMEA',
  'Human Resources',
  'Legal',
  'Depots',
];

function writeUsers(folder: string, count: number, random: RandomSource): string[] {
  using file = csvFile(folder, 'users.csv', [
    'userPrincipalName,userName,displayName,givenName,surname,emailAddress,department',
    'onPremisesSamAccountName,onPremisesDistinguishedName,onPremisesSecurityIdentifier,entraObjectId',
  ]);
  return Array.from({ length: count }, (_, at) => {
    const [given, surname, department] = [random.one(givenNames), random.one(surnames), random.one(departments)];
    const account = `${asciiOf(given)}.${asciiOf(surname)}${at}`;
    const principalName = `${account}@harbourline.example`;
    const onPremises = random.chance(0.7);
    const common = `${given} ${surname} ${at}`.replaceAll(',', '\\,');
    file.row([
      principalName,
      account,
      `${given} ${surname}`,
      given,
      surname,
      random.chance(0.05) ? '' : principalName,
      random.chance(0.1) ? '' : department,
      onPremises ? `HARBOURLINE\\${account.slice(0, 20)}` : '',
      onPremises ? `CN=${common},OU=People,DC=corp,DC=harbourline,DC=example` : '',
      onPremises ? `S-1-5-21-1004336348-1177238915-682003330-${10_000 + at}` : '',
      random.chance(0.1) ? '' : random.uuid(),
    ]);
    return principalName;
  });
}

type Kind = {
  readonly platform: Platform;
  readonly share: number;
  readonly prefix: string;
  readonly managements: readonly string[];
  readonly personal: boolean;
  readonly models: readonly (readonly [manufacturer: string, model: string, osVersion: string, edition: string])[];
};

const kinds: readonly Kind[] = [
  {
    platform: 'windows10',
    share: 0.5,
    prefix: 'HL-WIN-',
    managements: [''],
    personal: false,
    models: [
      ['Dell Inc.', 'Latitude 7450', '10.0.26100.2314', 'Professional'],
      ['LENOVO', 'ThinkPad X1 Carbon Gen 12', '10.0.22631.4460', 'Enterprise'],
      ['HP', 'EliteBook 840 G11', '10.0.19045.5011', 'Enterprise'],
    ],
  },
  {
    platform: 'ios',
    share: 0.18,
    prefix: 'HL-IOS-',
    managements: [''],
    personal: true,
    models: [
      ['Apple', 'iPhone 16', '18.1', ''],
      ['Apple', 'iPad Air', '17.7.2', ''],
    ],
  },
  {
    platform: 'androidEnterpriseCorporate',
    share: 0.12,
    prefix: 'HL-AND-',
    managements: ['fullyManaged', 'dedicated', 'corporateWorkProfile'],
    personal: false,
    models: [
      ['Samsung', 'Galaxy XCover7', '14', ''],
      ['Zebra', 'TC58', '13', ''],
    ],
  },
  {
    platform: 'androidEnterprisePersonal',
    share: 0.07,
    prefix: 'BYOD-',
    managements: ['personalWorkProfile'],
    personal: true,
    models: [['Google', 'Pixel 9', '15', '']],
  },
  {
    platform: 'macos',
    share: 0.07,
    prefix: 'HL-MAC-',
    managements: [''],
    personal: false,
    models: [['Apple', 'MacBook Pro 14', '15.1', '']],
  },
  {
    platform: 'linux',
    share: 0.03,
    prefix: 'hl-linux-',
    managements: [''],
    personal: false,
    models: [['Dell Inc.', 'Precision 3660', '6.12', 'Debian 13']],
  },
  {
    platform: 'androidOpenSource',
    share: 0.01,
    prefix: 'HL-AOSP-',
    managements: ['userAssociated', 'userless'],
    personal: false,
    models: [['RealWear', 'Navigator 520', '12', '']],
  },
  {
    platform: 'windows81',
    share: 0.01,
    prefix: 'HL-W81-',
    managements: [''],
    personal: false,
    models: [['Dell Inc.', 'OptiPlex 7020', '6.3.9600', 'Professional']],
  },
  {
    platform: 'androidDeviceAdministrator',
    share: 0.01,
    prefix: 'HL-ADA-',
    managements: [''],
    personal: false,
    models: [['Honeywell', 'CT50', '7.1.2', '']],
  },
];

function kindAt(random: RandomSource): Kind {
  let left = random.next();
  for (const kind of kinds) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return kinds[0] as Kind;
}

function writeDevices(folder: string, count: number, users: readonly string[], random: RandomSource) {
  using file = csvFile(folder, 'devices.csv', [
    'deviceName,platform,management,ownership,osVersion,osEdition,serialNumber,imei,wifiMacAddress,entraDeviceId',
    'deviceId,fullyQualifiedDomainName,primaryUser,trustType,manufacturer,model,deviceCategory,cpuArchitecture',
    'isRooted,enrolledAt,registeredAt',
  ]);
  const devices: { name: string; managedId: string; platform: Platform }[] = [];
  for (let at = 0; at < count; at++) {
    const kind = kindAt(random);
    const { platform } = kind;
    // Out of the box many are called the same.
    const name = platform === 'ios' && random.chance(0.05) ? 'iPhone' : `${kind.prefix}${String(at).padStart(6, '0')}`;
    const managedId = random.uuid();
    const [manufacturer, model, osVersion, osEdition] = random.one(kind.models);
    const phone = platform === 'ios' || platform.startsWith('android');
    const management = random.one(kind.managements);
    const shared = management === 'dedicated' || management === 'userless' || random.chance(0.15);
    const domainJoined = platform === 'windows10' && random.chance(0.6);
    const enrolled = `2026-${two(1 + random.whole(9))}-${two(1 + random.whole(28))}T09:`;
    file.row([
      name,
      platform,
      management,
      kind.personal && random.chance(0.3) ? 'personal' : 'corporate',
      random.chance(0.02) ? '' : osVersion,
      osEdition,
      random.chance(0.04) ? '' : `${random.hex(10).toUpperCase()}`,
      phone && random.chance(0.8) ? String(350_000_000_000_000 + at) : '',
      random.chance(0.1) ? '' : (random.hex(12).toUpperCase().match(/../g) ?? []).join(':'),
      random.chance(0.2) ? '' : random.uuid(),
      managedId,
      domainJoined ? `${name}.${domain}` : platform === 'linux' ? `${name}.${domain}` : '',
      shared || users.length === 0 ? '' : random.one(users),
      domainJoined ? 'Hybrid Azure AD joined' : '',
      manufacturer,
      model,
      random.chance(0.5) ? 'Office' : random.chance(0.5) ? 'Depot' : '',
      phone ? 'arm64' : 'amd64',
      phone ? 'false' : '',
      `${enrolled}00:00Z`,
      random.chance(0.03) ? '' : `${enrolled}07:00Z`,
    ]);
    devices.push({ name, managedId, platform });
  }
  return devices;
}

function writeGroups(folder: string, count: number, random: RandomSource): OrganisationGroup[] {
  using file = csvFile(folder, 'groups.csv', ['groupName,kind,description']);
  return Array.from({ length: count }, (_, at) => {
    const kind = at % 2 === 0 ? 'user' : 'device';
    const name = `${kind === 'user' ? 'Team' : 'Fleet'} ${random.one(departments)} ${at}`;
    file.row([name, kind, random.chance(0.3) ? `Made for ${random.one(departments)}` : '']);
    return { name, kind } as const;
  });
}

function writeMembers(
  folder: string,
  { largestGroup }: OrganisationSize,
  { users, devices, groups }: Pick<Organisation, 'users' | 'devices' | 'groups'>,
  random: RandomSource,
): number {
  using file = csvFile(folder, 'group-members.csv', ['groupName,member,memberKind']);
  const deviceNames = devices.map(({ name, managedId }) => (name === 'iPhone' ? managedId : name));
  let written = 0;
  for (const kind of ['user', 'device'] as const) {
    const all = kind === 'user' ? users : deviceNames;
    const own = groups.filter((group) => group.kind === kind);
    for (const [rank, { name }] of own.entries()) {
      // The largest first, the others ever smaller: few are large, most are teams.
      const count = Math.min(all.length, Math.max(5, Math.floor(largestGroup / (rank + 1) ** 0.8)));
      const start = random.whole(all.length);
      // A stride that shares no factor with the number of members names each once.
      const stride = coprime(1 + random.whole(all.length), all.length);
      for (let at = 0; at < count; at++) file.row([name, all[(start + at * stride) % all.length] ?? '', kind]);
      // In rows of five: each holds the one before it, and every hundredth holds ten others.
      const inner = rank % 5 === 0 ? [] : [own[rank - 1]];
      if (rank % 100 === 50) for (let at = 0; at < 10; at++) inner.push(own[rank + 1 + 4 * at]);
      for (const held of inner) if (held !== undefined) file.row([name, held.name, 'group']);
      written += count + inner.length;
    }
  }
  return written;
}

function coprime(start: number, of: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let candidate = start;
  while (divisor(candidate, of) !== 1) candidate++;
  return candidate;
}

function csvFile(folder: string, name: string, header: readonly string[]) {
  const file = openSync(join(folder, name), 'w');
  let lines: string[] = [header.join(',')];
  const flush = () => {
    if (lines.length > 0) writeSync(file, `${lines.join('\n')}\n`);
    lines = [];
  };
  return {
    row(cells: readonly string[]) {
      lines.push(cells.map(quoted).join(','));
      if (lines.length >= 2000) flush();
    },
    [Symbol.dispose]() {
      flush();
      closeSync(file);
    },
  };
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function asciiOf(name: string): string {
  const letters = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  return letters === '' ? 'x' : letters;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
