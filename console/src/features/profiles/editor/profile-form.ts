/**
 * A profile while it is written: the document that the server takes (`parse-profile.ts`), at the same paths, so that findings
 * stand at their fields. What people type is kept as text: numbers become numbers in `documentOf`.
 */
import { clientAuthentication, findExtendedKeyUsage } from '../../../../../src/profiles/extended-key-usage-presets.ts';
import { defaultServerOptions } from '../../../../../src/profiles/parse-server-options.ts';
import { defaultSubjectNameFormat } from '../../../../../src/profiles/subject-name-format.ts';
import type { Answer, Input } from '../../../api/call.ts';

export type ProfileKind = 'scep' | 'trustedCertificate';
export type Platform = Answer<'GET /api/v1/profiles/{profile}'>['platform'];
/** Targets and filters by id. */
export type AssignmentItem = Input<'PUT /api/v1/profiles/{profile}/assignments'>['body']['items'][number];
export type AlternativeNameRow = { type: string; value: string };
export type UsageRow = { name: string; oid: string };
export type RemovalRuleValues = { removeFromDevice: boolean; revoke: boolean; afterDays: string; reason: string };

/** Those that a platform lacks are absent. */
export type SettingsValues = {
  certificateType?: 'user' | 'device';
  subjectNameFormat?: string;
  subjectAlternativeNames?: AlternativeNameRow[];
  certificateValidityPeriod?: { value: string; unit: string } | null;
  keyUsage?: string[];
  keySize?: string;
  hashAlgorithm?: string[];
  keyStorageProvider?: string;
  keyStorage?: string;
  deploymentChannel?: string;
  certificateAccess?: { mode: string; apps: string[] };
  rootCertificate?: string;
  extendedKeyUsages?: UsageRow[];
  renewalThreshold?: string;
  scepServerUrls?: string[];
  applicabilityRules?: ApplicabilityValues;
  // Of a trusted certificate profile.
  certificate?: string;
  certificateFileName?: string;
  destinationStore?: string;
};

export type ApplicabilityValues = {
  osEdition?: { rule: string; editions: string[] };
  osVersion?: { rule: string; minimum: string; maximum: string };
};

export type ServerValues = {
  authority: string;
  certificateTemplate: string;
  challengeLifetime: string;
  approval: string;
  ciphers: { tripleDes: boolean; singleDes: boolean };
  renewal: { byCertificate: boolean; sameKey: boolean; window: string; spread: string };
  directoryChanges: string;
  supersededCertificates: { action: string; afterDays: string };
  caCertificates: string;
  issuerInReply: boolean;
  reportedFacts: string;
  removal: Record<string, RemovalRuleValues>;
  securityIdentifierExtension: boolean;
};

export type ProfileForm = {
  kind: ProfileKind;
  platform: Platform;
  /** Null: made from the name when it is first saved. */
  slug: string | null;
  name: string;
  description: string;
  scopeTags: string[];
  settings: SettingsValues;
  /** Of a SCEP profile. */
  server: ServerValues | null;
  assignments: AssignmentItem[];
};

const withoutHash: readonly Platform[] = ['ios', 'macos'];
const onWindows: readonly Platform[] = ['windows81', 'windows10'];

/** As the wizard begins. */
export function newProfile(kind: ProfileKind, platform: Platform): ProfileForm {
  const header = { kind, platform, slug: null, name: '', description: '', scopeTags: [], assignments: [] };
  if (kind === 'trustedCertificate') return { ...header, settings: newTrustedSettings(platform), server: null };
  return { ...header, settings: newScepSettings(platform), server: serverValues(platform, {}) };
}

function newTrustedSettings(platform: Platform): SettingsValues {
  return {
    certificate: '',
    certificateFileName: '',
    ...(onWindows.includes(platform) && { destinationStore: 'computerRoot' }),
    ...(platform === 'macos' && { deploymentChannel: 'device' }),
  };
}

function newScepSettings(platform: Platform): SettingsValues {
  const authenticates = findExtendedKeyUsage(clientAuthentication);
  return {
    ...(platform === 'macos' && { deploymentChannel: 'device' }),
    certificateType: 'user',
    subjectNameFormat: defaultSubjectNameFormat.user,
    subjectAlternativeNames: [],
    certificateValidityPeriod: withoutHash.includes(platform) ? null : { value: '1', unit: 'years' },
    ...(onWindows.includes(platform) && { keyStorageProvider: 'tpmOtherwiseSoftware' }),
    ...(platform === 'linux' && { keyStorage: 'pem' }),
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    keySize: '2048',
    ...(!withoutHash.includes(platform) && { hashAlgorithm: ['sha2'] }),
    rootCertificate: '',
    extendedKeyUsages: authenticates === undefined ? [] : [{ ...authenticates }],
    renewalThreshold: '20',
    scepServerUrls: [],
    ...((platform === 'androidEnterpriseCorporate' || platform === 'linux') && {
      certificateAccess: { mode: 'userApproval', apps: [] },
    }),
  };
}

/** What a stored document leaves out is as usual. */
function serverValues(platform: Platform, stored: object): ServerValues {
  const usual = defaultServerOptions(platform);
  const given = stored as Partial<typeof usual>;
  const options = { ...usual, ...given };
  const { renewal, supersededCertificates, removal } = options;
  return {
    ...options,
    authority: options.authority ?? '',
    challengeLifetime: String(options.challengeLifetime),
    ciphers: { ...usual.ciphers, ...options.ciphers },
    renewal: { ...usual.renewal, ...renewal, spread: String(renewal.spread ?? usual.renewal.spread) },
    supersededCertificates: {
      ...usual.supersededCertificates,
      ...supersededCertificates,
      afterDays: String(supersededCertificates.afterDays ?? usual.supersededCertificates.afterDays),
    },
    removal: Object.fromEntries(
      Object.entries(removal).map(([occasion, rule]) => [occasion, { ...rule, afterDays: String(rule.afterDays) }]),
    ),
  };
}

/** A stored profile, to be edited: `document` as the server gives it, `assignments` as it gives them. */
export function formOf(
  document: Readonly<Record<string, unknown>>,
  assignments: readonly AssignmentItem[],
): ProfileForm {
  const { kind, platform, slug, name, description, scopeTags, settings, server } = document as ProfileForm;
  const fresh = newProfile(kind, platform);
  const stored = settings as Readonly<Record<string, unknown>>;
  return {
    kind,
    platform,
    slug,
    name,
    description,
    scopeTags: [...scopeTags],
    settings: kind === 'scep' ? scepValues(fresh.settings, stored) : { ...fresh.settings, ...stored },
    server: kind === 'scep' ? serverValues(platform, server ?? {}) : null,
    assignments: [...assignments],
  };
}

function scepValues(fresh: SettingsValues, stored: Readonly<Record<string, unknown>>): SettingsValues {
  const values = { ...fresh, ...stored } as SettingsValues;
  const { certificateValidityPeriod: period, certificateAccess } = values;
  return {
    ...values,
    keySize: String(values.keySize),
    renewalThreshold: String(values.renewalThreshold),
    certificateValidityPeriod: period == null ? null : { ...period, value: String(period.value) },
    ...(certificateAccess !== undefined && {
      certificateAccess: { mode: certificateAccess.mode, apps: certificateAccess.apps ?? [] },
    }),
  };
}

/** What is sent to the server. A number that is none stays text, for the rules to say so. */
export function documentOf(values: ProfileForm): Record<string, unknown> {
  const { kind, platform, slug, name, description, scopeTags, settings, server, assignments } = values;
  return {
    kind,
    platform,
    ...(slug !== null && { slug }),
    name,
    description,
    scopeTags,
    settings: kind === 'scep' ? scepDocument(settings) : settings,
    ...(server !== null && { server: serverDocument(server) }),
    assignments: assignments.map(assignmentDocument),
  };
}

function scepDocument(settings: SettingsValues): object {
  const { certificateValidityPeriod: period, certificateAccess, renewalThreshold = '', keySize = '' } = settings;
  return {
    ...settings,
    keySize: numberOf(keySize),
    renewalThreshold: numberOf(renewalThreshold),
    certificateValidityPeriod: period == null ? null : { ...period, value: numberOf(period.value) },
    ...(certificateAccess?.mode === 'userApproval' && { certificateAccess: { mode: 'userApproval' } }),
  };
}

function serverDocument(server: ServerValues): object {
  return {
    ...server,
    authority: server.authority === '' ? null : server.authority,
    challengeLifetime: numberOf(server.challengeLifetime),
    renewal: { ...server.renewal, spread: numberOf(server.renewal.spread) },
    supersededCertificates: {
      ...server.supersededCertificates,
      afterDays: numberOf(server.supersededCertificates.afterDays),
    },
    removal: Object.fromEntries(
      Object.entries(server.removal).map(([occasion, rule]) => [
        occasion,
        { ...rule, afterDays: numberOf(rule.afterDays) },
      ]),
    ),
  };
}

function numberOf(text: string): number | string {
  return /^\s*-?\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : text;
}

/** Documents name targets; an id is a name. */
function assignmentDocument({ mode, target, filter }: AssignmentItem): object {
  return {
    [mode]: targetDocument(target),
    ...(filter != null && { filter: { [filter.mode]: filter.filterId } }),
  };
}

function targetDocument(target: AssignmentItem['target']): unknown {
  switch (target.kind) {
    case 'group':
      return { group: target.groupId };
    case 'user':
      return { user: target.userId };
    case 'device':
      return { device: target.deviceId };
    default:
      return target.kind;
  }
}
