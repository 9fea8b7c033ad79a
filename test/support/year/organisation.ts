/**
 * The organisation of the simulated year as the test itself keeps it: people, groups, devices, who gets which profile. It
 * shares no code with the product, and says on its own who shall hold what.
 */
import type { Management, Platform } from '../../../src/directory/platform.ts';

export type Person = { readonly id: string; readonly upn: string; mail: string | null; gone: boolean };

export type Group = {
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'device';
  /** Ids of people or devices, and of groups inside. */
  readonly members: Set<string>;
};

export type Device = {
  readonly id: string;
  name: string;
  readonly platform: Platform;
  readonly management: Management | null;
  person: Person | null;
  /** A SCEP client of its own renews what it has by RenewalReq; the others have their agent wait for a new challenge. */
  readonly renewsItself: boolean;
  /** `known`: it never joined. `retired`: of no use until it joins again. `deleted`: for good. */
  status: 'known' | 'joined' | 'retired' | 'deleted';
};

export type Target = 'allDevices' | 'allUsers' | Group;

export type ScepProfile = {
  readonly id: string;
  readonly slug: string;
  readonly platform: Platform;
  readonly certificateType: 'device' | 'user';
  /** As last assigned. */
  include: readonly Target[];
  exclude: readonly Target[];
  /** By a part of the device's name, which may change; null: all that are included. */
  readonly filter: { readonly id: string; readonly mode: 'include' | 'exclude'; readonly part: string } | null;
  /** An administrator approves each request, which the device asks again for. */
  readonly approved: boolean;
  /** What of the directory's changes its certificates follow, and when. */
  readonly directoryChanges: 'reissueNow' | 'atRenewal' | 'never';
  /** Days after which a certificate is revoked whose successor is in place; null: it is left. */
  readonly revokedAfter: number | null;
  /** Part of every subject; another one makes every certificate out of date at once. */
  edition: number;
  /** What an administrator wants anew: nothing issued before this counts, once the device has called. */
  anewSince: number;
};

export type Organisation = {
  readonly people: Person[];
  readonly groups: Group[];
  readonly devices: Device[];
  readonly profiles: ScepProfile[];
};

/**
 * `may`: nothing new can be issued to it (a variable of the profile has no value), and what it has stays until its end.
 */
export type Duty = 'must' | 'may' | 'must-not';

export function duty(organisation: Organisation, device: Device, profile: ScepProfile): Duty {
  if (device.status !== 'joined' || device.platform !== profile.platform) return 'must-not';
  const reached = (targets: readonly Target[]) => targets.some((target) => reaches(organisation, target, device));
  if (!reached(profile.include) || reached(profile.exclude)) return 'must-not';
  const { filter } = profile;
  if (filter !== null && device.name.includes(filter.part) !== (filter.mode === 'include')) return 'must-not';
  if (profile.certificateType === 'device') return 'must';
  return device.person === null || device.person.mail === null ? 'may' : 'must';
}

function reaches(organisation: Organisation, target: Target, device: Device): boolean {
  const { person } = device;
  if (target === 'allDevices') return true;
  if (target === 'allUsers') return person !== null;
  return target.kind === 'device'
    ? isIn(organisation, device.id, target)
    : person !== null && isIn(organisation, person.id, target);
}

/** Directly, or through groups in it. */
function isIn(organisation: Organisation, id: string, group: Group): boolean {
  if (group.members.has(id)) return true;
  return organisation.groups.some((inner) => group.members.has(inner.id) && isIn(organisation, id, inner));
}

/** What a certificate that is issued now says. */
export function subjectOf(device: Device, profile: ScepProfile): Readonly<Record<string, string>> {
  const ours = { OU: profile.slug, O: editionText(profile) };
  if (profile.certificateType === 'device') return { CN: device.name, ...ours };
  return { CN: device.person?.upn ?? '', emailAddress: device.person?.mail ?? '', ...ours };
}

export function editionText({ edition }: Pick<ScepProfile, 'edition'>): string {
  return `Edition ${edition}`;
}

export function subjectFormat({
  certificateType,
  slug,
  edition,
}: Pick<ScepProfile, 'certificateType' | 'slug' | 'edition'>): string {
  const whom = certificateType === 'device' ? 'CN={{DeviceName}}' : 'CN={{UserPrincipalName}},E={{EmailAddress}}';
  return `${whom},OU=${slug},O=${editionText({ edition })}`;
}
