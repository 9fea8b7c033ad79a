/**
 * What changing a setting does to devices that have the profile: the identity of content. Intune never said it (intune-domain
 * 7.3 P8); here it is a table, and saving, history, impact and documentation read it.
 */
import { toHex, utf8 } from '../lib/bytes.ts';
import { canonical } from './canonical.ts';
import { parseSubjectTemplate } from './parse-subject-template.ts';
import type { Profile } from './profile.ts';
import type { ScepSettings, ServerOptions, ValidityPeriod } from './scep-settings.ts';
import type { TrustedCertificateSettings } from './trusted-certificate-settings.ts';

/** A new certificate; the new payload for what is there already; or nothing. */
export type SettingEffect = 'reissue' | 'redeliver' | 'none';

type SettingOf<Settings> = Settings extends unknown ? keyof Settings & string : never;
export type ScepSettingName = Exclude<SettingOf<ScepSettings>, 'server'> | `server.${keyof ServerOptions}`;
export type TrustedSettingName = SettingOf<TrustedCertificateSettings>;

type Row = {
  readonly effect: SettingEffect;
  /** What of the value has that effect; the rest of it has none. Default: all. */
  readonly counts?: (value: never) => unknown;
};

const reissue: Row = { effect: 'reissue' };
const redeliver: Row = { effect: 'redeliver' };
const none: Row = { effect: 'none' };

/** By path below `settings`. Name, description, assignments and scope tags are no settings and never re-issue. */
export const scepEffects: Readonly<Record<ScepSettingName, Row>> = {
  platform: reissue,
  certificateType: reissue,
  subjectNameFormat: { effect: 'reissue', counts: nameMeant },
  // General names have no order that anybody reads.
  subjectAlternativeNames: { effect: 'reissue', counts: inAnyOrder },
  certificateValidityPeriod: { effect: 'reissue', counts: inMonths },
  keyUsage: { effect: 'reissue', counts: inAnyOrder },
  keySize: reissue,
  // The certificate has the object identifiers; the names are for people.
  extendedKeyUsages: { effect: 'reissue', counts: objectIdentifiers },
  rootCertificate: reissue,
  // The key cannot move from one store to another: a new key, so a new certificate.
  keyStorageProvider: reissue,
  keyStorage: reissue,
  deploymentChannel: reissue,
  // Which digests sign requests and messages; the certificate's own is the authority's.
  hashAlgorithm: { effect: 'redeliver', counts: inAnyOrder },
  renewalThreshold: redeliver,
  // Where the next request goes; drawn and shuffled per delivery.
  scepServerUrls: { effect: 'redeliver', counts: inAnyOrder },
  certificateAccess: redeliver,
  // Whom it is for, not what it is.
  applicabilityRules: none,
  'server.authority': reissue,
  // What the authority is willing to issue: longest validity, usages, algorithms.
  'server.certificateTemplate': reissue,
  'server.securityIdentifierExtension': reissue,
  'server.challengeLifetime': none,
  'server.approval': none,
  'server.ciphers': none,
  'server.renewal': none,
  // Policies: what they ask for follows by itself, and no certificate says them.
  'server.directoryChanges': none,
  'server.supersededCertificates': none,
  'server.caCertificates': none,
  'server.issuerInReply': none,
  // Values that change by it take effect as changes of the directory do: with the next renewal.
  'server.reportedFacts': none,
  // Of removals from then on; one that waits keeps the rule under which it began.
  'server.removal': none,
};

/** Nothing is issued here: the certificate is brought to the device, and brought again. */
export const trustedEffects: Readonly<Record<TrustedSettingName, Row>> = {
  platform: redeliver,
  certificate: redeliver,
  destinationStore: redeliver,
  deploymentChannel: redeliver,
  certificateFileName: none,
  applicabilityRules: none,
};

/** One difference between two versions of a profile, by its path in the document. Absent values are null. */
export type ProfileChange = {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly effect: SettingEffect;
};

type Comparable = Pick<Profile, 'kind' | 'settings' | 'name' | 'description' | 'scopeTags'>;

/** All differences, the header's first. */
export function profileChanges(before: Comparable, after: Comparable): ProfileChange[] {
  const header = (['name', 'description', 'scopeTags'] as const)
    .filter((field) => canonical(before[field]) !== canonical(after[field]))
    .map((field) => ({ path: field, before: before[field], after: after[field], effect: 'none' as const }));
  return [...header, ...settingChanges(before.settings, after.settings)];
}

/** Which settings differ, and what each change does. */
export function settingChanges(before: Profile['settings'], after: Profile['settings']): ProfileChange[] {
  const left = flatten(before);
  const right = flatten(after);
  const rows = effectsOf(after);
  return [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((name) => {
    const [was, is] = [left.get(name) ?? null, right.get(name) ?? null];
    if (canonical(was) === canonical(is)) return [];
    return [{ path: documentPath(name), before: was, after: is, effect: effectOf(rows[name] ?? reissue, was, is) }];
  });
}

function effectOf({ effect, counts }: Row, was: unknown, is: unknown): SettingEffect {
  const same = counts !== undefined && canonical(counts(was as never)) === canonical(counts(is as never));
  return same ? 'none' : effect;
}

/**
 * SHA-256, hex, over all that certificates (of a trusted certificate profile: what devices hold) depend on. Equal hashes:
 * no device would notice.
 */
export async function contentHash(settings: Profile['settings']): Promise<string> {
  const rows = effectsOf(settings);
  const decisive: SettingEffect = rows === trustedEffects ? 'redeliver' : 'reissue';
  const content = [...flatten(settings)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => {
      const { effect, counts } = rows[name] ?? reissue;
      return effect === decisive ? [[name, counts === undefined ? value : counts(value as never)]] : [];
    });
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(utf8(canonical(content))))));
}

function effectsOf(settings: Profile['settings']): Readonly<Record<string, Row>> {
  return 'certificate' in settings ? trustedEffects : scepEffects;
}

/** The settings of the server stand in a part of their own there. */
function documentPath(name: string): string {
  return name.startsWith('server.') ? name : name === 'platform' ? name : `settings.${name}`;
}

function flatten(settings: Profile['settings']): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [name, value] of Object.entries(settings)) {
    if (name !== 'server') flat.set(name, value);
    else for (const [option, chosen] of Object.entries(value as object)) flat.set(`server.${option}`, chosen);
  }
  return flat;
}

function inAnyOrder(list: readonly unknown[] | null): unknown {
  return (list ?? []).map(canonical).sort();
}

function objectIdentifiers(usages: readonly { readonly oid: string }[] | null): unknown {
  return (usages ?? []).map(({ oid }) => oid).sort();
}

/** A year is twelve months. */
function inMonths(period: ValidityPeriod | null): unknown {
  return period?.unit === 'years' ? { value: period.value * 12, unit: 'months' } : period;
}

/** The name that a subject stands for, however it is spaced and quoted. */
function nameMeant(text: string): unknown {
  const parsed = parseSubjectTemplate(text);
  if (!parsed.ok) return text;
  if (parsed.subject.kind === 'directoryName') return parsed.subject.kind;
  return parsed.subject.rdns.map((rdn) =>
    rdn.map(({ oid, value }) => [oid, value instanceof Uint8Array ? toHex(value) : value]),
  );
}
