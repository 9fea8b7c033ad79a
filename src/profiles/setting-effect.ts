import type { Profile } from './profile.ts';

/** What changing a setting does to devices that have the profile: a new certificate, a new payload, or nothing. */
export type SettingEffect = 'reissue' | 'redeliver' | 'none';

/** By path below `settings`. Name, description, assignments and scope tags are not settings and never re-issue. */
const effects: Readonly<Record<string, SettingEffect>> = {
  platform: 'reissue',
  certificateType: 'reissue',
  subjectNameFormat: 'reissue',
  subjectAlternativeNames: 'reissue',
  certificateValidityPeriod: 'reissue',
  keyUsage: 'reissue',
  keySize: 'reissue',
  extendedKeyUsages: 'reissue',
  rootCertificate: 'reissue',
  keyStorageProvider: 'reissue',
  keyStorage: 'reissue',
  deploymentChannel: 'reissue',
  hashAlgorithm: 'redeliver',
  renewalThreshold: 'redeliver',
  scepServerUrls: 'redeliver',
  certificateAccess: 'redeliver',
  certificate: 'reissue',
  destinationStore: 'reissue',
  certificateFileName: 'none',
  'server.authority': 'reissue',
  'server.securityIdentifierExtension': 'reissue',
  'server.certificateTemplate': 'none',
  'server.challengeLifetime': 'none',
  'server.approval': 'none',
  'server.ciphers': 'none',
  'server.renewal': 'none',
  'server.caCertificates': 'none',
  'server.issuerInReply': 'none',
  'server.reportedFacts': 'none',
};

export type SettingChange = { readonly path: string; readonly effect: SettingEffect };

/** Which settings differ, by path, and what each change does. */
export function settingChanges(before: Profile['settings'], after: Profile['settings']): SettingChange[] {
  const left = flatten(before);
  const right = flatten(after);
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((path) => left.get(path) !== right.get(path))
    .sort()
    .map((path) => ({ path: `settings.${path}`, effect: effects[path] ?? 'reissue' }));
}

function flatten(settings: Profile['settings']): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(settings)) {
    if (name !== 'server') flat.set(name, canonical(value));
    else
      for (const [option, chosen] of Object.entries(value as object)) flat.set(`server.${option}`, canonical(chosen));
  }
  return flat;
}

/** JSON with sorted keys, so that the order in which a store gives them does not count. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
