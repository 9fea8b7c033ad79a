/**
 * The types of profiles in Microsoft Graph that have a counterpart here (intune-domain 6.1, 6.3, 6.4), and by what name
 * the others are told apart.
 */
import type { Platform } from '../../directory/platform.ts';

export type GraphType = {
  /** Without `#microsoft.graph.`. */
  readonly name: string;
  readonly kind: 'scep' | 'trustedCertificate';
  readonly platform: Platform;
  /** Apple numbers the subject name formats in a way of its own. */
  readonly apple: boolean;
  /** What it has beyond what every profile of its kind has. */
  readonly properties: readonly string[];
};

export const typePrefix = '#microsoft.graph.';

const windows = ['keyStorageProvider'];
const rows = ['customSubjectAlternativeNames', 'certificateStore'];

function pair(
  stem: string,
  platform: Platform,
  scep: readonly string[],
  { trusted = [], name = `${stem}ScepCertificateProfile` }: { trusted?: readonly string[]; name?: string } = {},
): readonly GraphType[] {
  const apple = stem === 'ios' || stem === 'macOS';
  return [
    { name, kind: 'scep', platform, apple, properties: scep },
    {
      name: `${stem}TrustedRootCertificate`,
      kind: 'trustedCertificate',
      platform,
      apple,
      properties: trusted,
    },
  ];
}

/** For each platform the one that is written comes first. */
export const graphTypes: readonly GraphType[] = [
  ...pair('android', 'androidDeviceAdministrator', ['hashAlgorithm']),
  ...pair('androidWorkProfile', 'androidEnterprisePersonal', [...rows, 'hashAlgorithm']),
  ...pair('androidForWork', 'androidEnterprisePersonal', [...rows, 'hashAlgorithm']),
  ...pair('androidDeviceOwner', 'androidEnterpriseCorporate', [
    ...rows,
    'hashAlgorithm',
    'certificateAccessType',
    'silentCertificateAccessDetails',
  ]),
  ...pair('aospDeviceOwner', 'androidOpenSource', [...rows, 'hashAlgorithm']),
  ...pair('ios', 'ios', rows),
  ...pair('macOS', 'macos', [...rows, 'hashAlgorithm', 'allowAllAppsAccess', 'deploymentChannel'], {
    trusted: ['deploymentChannel'],
  }),
  ...pair('windows81', 'windows10', [...rows, 'hashAlgorithm', ...windows], {
    trusted: ['destinationStore'],
    name: 'windows81SCEPCertificateProfile',
  }),
];

const byName = new Map(graphTypes.map((type) => [type.name.toLowerCase(), type]));

/** By `@odata.type`, with or without `#microsoft.graph.`, in any case. */
export function findGraphType(odataType: string): GraphType | undefined {
  return byName.get(shortName(odataType).toLowerCase());
}

/** The type that a profile is written as; undefined for a platform that Graph does not know. */
export function graphTypeFor(kind: GraphType['kind'], platform: Platform): GraphType | undefined {
  const known = platform === 'windows81' ? 'windows10' : platform;
  return graphTypes.find((type) => type.kind === kind && type.platform === known);
}

/** What an object of another type is, for people. */
export function otherTypeText(odataType: string): string {
  const name = shortName(odataType);
  const known: readonly (readonly [RegExp, string])[] = [
    [/^windowsPhone81/i, `a profile for Windows Phone 8.1 (${name}), which there are no devices of any more`],
    [/ImportedPFX/i, `a profile for imported PFX certificates (${name}), which this server does not have`],
    [/PkcsCertificateProfile$/i, `a PKCS certificate profile (${name}), which this server does not have`],
    [/CertificateProfile/i, `another kind of certificate profile (${name})`],
    [/CompliancePolicy$/i, `a compliance policy (${name})`],
    [/(Wi-?Fi|VPN|EAS|Email)/i, `a profile for Wi-Fi, VPN or mail (${name})`],
  ];
  return known.find(([pattern]) => pattern.test(name))?.[1] ?? `of the type ${name}`;
}

function shortName(odataType: string): string {
  return odataType
    .trim()
    .replace(/^#?(microsoft\.graph\.)?/i, '')
    .slice(0, 100);
}
