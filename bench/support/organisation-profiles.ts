/** Profiles for the made-up organisation: every platform, every kind of assignment; the same for the same seed. */
import type { Platform } from '../../src/directory/platform.ts';
import type { Organisation } from './organisation.ts';
import { seeded } from './random-source.ts';

type Document = Record<string, unknown> & { readonly slug: string };

/** SCEP profiles of each platform; together with nine roots they are 200. */
const counts: Readonly<Record<Platform, number>> = {
  windows10: 71,
  ios: 30,
  androidEnterpriseCorporate: 25,
  macos: 20,
  androidEnterprisePersonal: 15,
  linux: 12,
  androidOpenSource: 6,
  windows81: 6,
  androidDeviceAdministrator: 6,
};

/** Settings that a platform demands beyond those of all. */
const own: Readonly<Partial<Record<Platform, Record<string, unknown>>>> = {
  macos: { deploymentChannel: 'device' },
};

const deviceSubjects = [
  'CN={{DeviceName}},OU=Devices,O=Harbour Line',
  'CN={{SerialNumber}},O=Harbour Line',
  'CN={{DeviceId}}',
];
const userSubjects = [
  'CN={{UserName}},E={{EmailAddress}},OU=People,O=Harbour Line,C=NO',
  'CN={{UserPrincipalName}}',
  'CN={{GivenName}} {{SurName}},O=Harbour Line',
];

/** Roots first. `root` is PEM or base64. */
export function makeProfileDocuments(organisation: Organisation, root: string, seed = 2): readonly Document[] {
  const random = seeded(seed);
  const groupsOf = (kind: 'user' | 'device') => organisation.groups.filter((group) => group.kind === kind);
  const groups = { user: groupsOf('user'), device: groupsOf('device') };
  const documents: Document[] = [];
  const profiles: Document[] = [];
  for (const [platform, count] of Object.entries(counts) as [Platform, number][]) {
    const rootSlug = `root-${platform.toLowerCase()}`;
    documents.push({
      kind: 'trustedCertificate',
      name: `Harbour Line root (${platform})`,
      slug: rootSlug,
      platform,
      settings: { certificate: root, ...own[platform] },
      assignments: [{ include: 'allDevices' }, { include: 'allUsers' }],
    });
    for (let at = 0; at < count; at++) {
      const user = at % 2 === 1;
      const assignments: unknown[] = [];
      // The first two of each platform are for all, the others for some.
      if (at < 2) assignments.push({ include: user ? 'allUsers' : 'allDevices' });
      else
        for (let n = 0; n < 1 + (at % 3); n++)
          assignments.push({ include: { group: random.one(groups[n % 2 === 0 ? 'user' : 'device']).name } });
      if (at % 4 === 2) assignments.push({ exclude: { group: random.one(groups[user ? 'user' : 'device']).name } });
      if (at % 9 === 8) assignments.push({ include: { user: random.one(organisation.users) } });
      profiles.push({
        kind: 'scep',
        name: `${platform} certificate ${at}`,
        slug: `${platform.toLowerCase()}-${at}`,
        platform,
        settings: {
          certificateType: user ? 'user' : 'device',
          ...own[platform],
          subjectNameFormat: random.one(user ? userSubjects : deviceSubjects),
          subjectAlternativeNames: user
            ? [{ type: 'upn', value: '{{UserPrincipalName}}' }]
            : [{ type: 'dns', value: '{{DeviceId}}.devices.harbourline.example' }],
          keyUsage: ['digitalSignature', 'keyEncipherment'],
          rootCertificate: rootSlug,
          extendedKeyUsages: ['Client Authentication'],
        },
        assignments,
      });
    }
  }
  return [...documents, ...profiles];
}
