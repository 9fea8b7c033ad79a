/** Plain values of the features' types with sensible defaults, for tests of decisions. Each call makes another id. */

import type { Filter, FilterId } from '../../src/assignments/filter/filter.ts';
import { readFilter } from '../../src/assignments/filter/read-filter.ts';
import { blankDevice } from '../../src/directory/blank-device.ts';
import { blankUser } from '../../src/directory/blank-user.ts';
import type { Device, DeviceId } from '../../src/directory/device.ts';
import type { Group, GroupId } from '../../src/directory/group.ts';
import type { Platform } from '../../src/directory/platform.ts';
import type { User, UserId } from '../../src/directory/user.ts';
import type { Profile, ScepProfile, TrustedCertificateProfile } from '../../src/profiles/profile.ts';
import type { ProfileId, ProfileSlug } from '../../src/profiles/profile-id.ts';
import type { ScepSettings } from '../../src/profiles/scep-settings.ts';

let last = 0;

/** Unique within the process, and in order. */
export function makeId<Id extends string>(): Id {
  return `00000000-0000-7000-8000-${(++last).toString(16).padStart(12, '0')}` as Id;
}

export function makeUser(facts: Partial<User> = {}): User {
  const id = facts.id ?? makeId<UserId>();
  return { ...blankUser({ id, userPrincipalName: `user-${id.slice(-6)}@example.org`, now: 0 }), ...facts };
}

/** A registered Linux device of nobody. */
export function makeDevice(facts: Partial<Device> = {}): Device {
  const id = facts.id ?? makeId<DeviceId>();
  return {
    ...blankDevice({ id, deviceName: `device-${id.slice(-6)}`, platform: 'linux', now: 0 }),
    ownership: 'corporate',
    enrolledAt: 0,
    registeredAt: 0,
    ...facts,
  };
}

export function makeGroup(facts: Partial<Group> = {}): Group {
  const id = facts.id ?? makeId<GroupId>();
  return { id, name: `group-${id.slice(-6)}`, kind: 'device', description: '', createdAt: 0, updatedAt: 0, ...facts };
}

/** What a deployment that never had a certificate is like. */
export const neverIssued = {
  stateCause: 'due',
  issuedExpectation: null,
  withheld: null,
  driftedAt: null,
  issuedGeneration: 0,
  editedGeneration: null,
  currentCertificateId: null,
  certificateNotBefore: null,
  certificateNotAfter: null,
  renewAt: null,
  attempts: 0,
} as const;

function makeHeader() {
  const id = makeId<ProfileId>();
  return {
    id,
    slug: `profile-${id.slice(-6)}` as ProfileSlug,
    name: `Profile ${id.slice(-6)}`,
    description: '',
    scopeTags: [],
    version: 1,
    contentVersion: 1,
    deliveryVersion: 1,
    createdAt: 0,
    updatedAt: 0,
  };
}

export function makeTrustedProfile(platform: Platform = 'linux'): TrustedCertificateProfile {
  const settings = { platform, certificate: '', certificateFileName: 'root.cer' };
  return { ...makeHeader(), kind: 'trustedCertificate', settings };
}

/** A device certificate profile for CN={{DeviceName}}; `settings` changes any of it. */
export function makeScepProfile(root: Profile, settings: Partial<ScepSettings> = {}): ScepProfile {
  const common = {
    certificateType: 'device',
    subjectNameFormat: 'CN={{DeviceName}}',
    subjectAlternativeNames: [],
    certificateValidityPeriod: { value: 1, unit: 'years' },
    keyUsage: ['digitalSignature'],
    keySize: 2048,
    hashAlgorithm: ['sha2'],
    rootCertificate: root.id,
    extendedKeyUsages: [{ name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' }],
    renewalThreshold: 20,
    scepServerUrls: [],
    server: {
      authority: null,
      certificateTemplate: 'default',
      challengeLifetime: 60,
      approval: 'automatic',
      ciphers: { tripleDes: false, singleDes: false },
      renewal: { byCertificate: true, sameKey: false, window: 'threshold', spread: 25 },
      directoryChanges: 'atRenewal',
      supersededCertificates: { action: 'leave', afterDays: 7 },
      caCertificates: 'chain',
      issuerInReply: true,
      reportedFacts: 'never',
      removal: {},
      securityIdentifierExtension: false,
    },
    platform: root.settings.platform,
    ...settings,
  };
  // The settings that only this platform has do not matter to assignments and deployments.
  return { ...makeHeader(), kind: 'scep', settings: common as ScepSettings };
}

/** For Linux, every device of which answers to it; `facts.rule` is read for its platform. */
export function makeFilter(facts: Partial<Filter> = {}): Filter {
  const id = facts.id ?? makeId<FilterId>();
  const { rule = '(device.deviceName -ne $null)', platform = 'linux' } = facts;
  return {
    id,
    name: `filter-${id.slice(-6)}`,
    description: '',
    scopeTags: [],
    version: 1,
    createdAt: 0,
    updatedAt: 0,
    ...facts,
    rule,
    platform,
    tree: readFilter(rule, platform).tree,
  };
}
