import type { Platform } from '../directory/platform.ts';
import { isOid } from '../formats/asn1/oid.ts';
import {
  type Fields,
  fault,
  hasFault,
  isNull,
  openFields,
  pathTo,
  refuseOthers,
  take,
  takeChoice,
  takeChoices,
  takeInteger,
  takeList,
  takeText,
  takeTexts,
  wrongType,
} from './document-reader.ts';
import { findExtendedKeyUsage } from './extended-key-usage-presets.ts';
import type { FindTrustedProfile } from './find-trusted-profile.ts';
import type { Finding } from './finding.ts';
import { takeApplicabilityRules } from './parse-applicability-rules.ts';
import { parseServerOptions } from './parse-server-options.ts';
import type { ProfileId } from './profile-id.ts';
import type {
  CertificateType,
  ExtendedKeyUsage,
  HashAlgorithm,
  ScepSettings,
  SubjectAlternativeNameRow,
  SubjectAlternativeNameType,
  ValidityPeriod,
} from './scep-settings.ts';
import { noSubject, subjectNameFormatText } from './subject-name-format.ts';

export type ScepSettingsInput = {
  readonly platform: Platform;
  /** A mapping of settings, the `server` part apart. */
  readonly settings: unknown;
  readonly server: unknown;
  readonly findTrustedProfile: FindTrustedProfile;
};

/** Graph's limits on rows (V15). */
const maxRows = 500;
const maxApps = 50;

/**
 * Settings from a document, with the defaults of the seed for what is left out; null when they are no mapping. What is of
 * the wrong shape becomes a finding and has its default, so that the rules can look at the rest: with an error among the
 * findings the settings must not be used for anything else.
 */
export function parseScepSettings(input: ScepSettingsInput, findings: Finding[]): ScepSettings | null {
  const fields = openFields(input.settings, 'settings', findings);
  if (fields === undefined) return null;
  const platform = input.platform;
  const certificateType = takeChoice<CertificateType>(fields, 'certificateType', ['user', 'device'], 'user');
  const common = {
    certificateType,
    subjectNameFormat: takeSubjectNameFormat(fields, certificateType),
    subjectAlternativeNames: takeAlternativeNames(fields, platform, certificateType),
    certificateValidityPeriod: takeValidity(fields, platform),
    keyUsage: takeChoices(
      fields,
      'keyUsage',
      ['digitalSignature', 'keyEncipherment'],
      ['digitalSignature', 'keyEncipherment'],
    ),
    keySize: takeChoice(fields, 'keySize', [1024, 2048, 3072, 4096], 2048),
    rootCertificate: takeRoot(fields, input),
    extendedKeyUsages: takeExtendedKeyUsages(fields),
    renewalThreshold: takeInteger(fields, 'renewalThreshold', { from: 1, to: 99, fallback: 20, rule: 'V14' }),
    scepServerUrls: takeTexts(fields, 'scepServerUrls', maxRows, 'V15'),
    server: parseServerOptions(input.server ?? undefined, platform, 'server', findings),
  };
  const settings = { ...common, ...platformSettings(fields, platform) };
  refuseOthers(fields, (name) => (platformOnly.has(name) ? `${name} does not exist on ${platform}.` : undefined));
  return settings;
}

const platformOnly = new Set([
  'hashAlgorithm',
  'certificateAccess',
  'keyStorageProvider',
  'deploymentChannel',
  'keyStorage',
  'applicabilityRules',
]);

type PlatformSettings = ScepSettings extends infer S
  ? S extends ScepSettings
    ? Omit<S, keyof CommonKeys>
    : never
  : never;
type CommonKeys = Pick<
  ScepSettings,
  | 'certificateType'
  | 'subjectNameFormat'
  | 'subjectAlternativeNames'
  | 'certificateValidityPeriod'
  | 'keyUsage'
  | 'keySize'
  | 'rootCertificate'
  | 'extendedKeyUsages'
  | 'renewalThreshold'
  | 'scepServerUrls'
  | 'server'
>;

function platformSettings(fields: Fields, platform: Platform): PlatformSettings {
  switch (platform) {
    case 'ios':
      return { platform };
    case 'macos':
      return { platform, deploymentChannel: takeChoice(fields, 'deploymentChannel', ['device', 'user'], 'device') };
    case 'windows81':
      return { platform, ...takeHash(fields), keyStorageProvider: takeOldKeyStorageProvider(fields) };
    case 'windows10':
      return {
        platform,
        ...takeHash(fields),
        keyStorageProvider: takeKeyStorageProvider(fields),
        ...takeApplicabilityRules(fields),
      };
    case 'linux':
      return {
        platform,
        ...takeHash(fields),
        ...takeAccess(fields),
        keyStorage: takeChoice(fields, 'keyStorage', ['pem', 'pkcs11', 'tpm'], 'pem'),
      };
    case 'androidEnterpriseCorporate':
      return { platform, ...takeHash(fields), ...takeAccess(fields) };
    default:
      return { platform, ...takeHash(fields) };
  }
}

function takeHash(fields: Fields): { hashAlgorithm: readonly HashAlgorithm[] } {
  const hashAlgorithm = takeChoices<HashAlgorithm>(fields, 'hashAlgorithm', ['sha1', 'sha2'], ['sha2']);
  if (hashAlgorithm.length === 0)
    fault(fields, 'hashAlgorithm', 'required', 'No hash algorithm is chosen.', 'Choose sha2.');
  return { hashAlgorithm };
}

const keyStorageProviders = ['tpmOtherwiseSoftware', 'tpmOtherwiseFail', 'software'] as const;
const passport = 'passportOtherwiseFail';

/** Not configured: the CSP's own default, software (intune-domain 1.7). */
function takeKeyStorageProvider(fields: Fields) {
  return takeChoice(fields, 'keyStorageProvider', [...keyStorageProviders, passport] as const, 'software');
}

function takeOldKeyStorageProvider(fields: Fields) {
  const name = 'keyStorageProvider';
  if (take(fields, name) !== passport) return takeChoice(fields, name, keyStorageProviders, 'software');
  const detail = 'Passport, now Windows Hello for Business, does not exist on windows81.';
  fault(fields, name, 'not-on-this-platform', detail, 'Choose another provider.');
  return 'software';
}

type CertificateAccess = (ScepSettings & { readonly platform: 'linux' })['certificateAccess'];

function takeAccess(fields: Fields): { certificateAccess: CertificateAccess } {
  const value = take(fields, 'certificateAccess');
  if (value === undefined || value === 'userApproval') return { certificateAccess: { mode: 'userApproval' } };
  const part = openFields(value, pathTo(fields, 'certificateAccess'), fields.findings);
  if (part === undefined) return { certificateAccess: { mode: 'userApproval' } };
  const mode = takeChoice(part, 'mode', ['userApproval', 'specificApps'], 'userApproval');
  const apps = mode === 'specificApps' ? takeTexts(part, 'apps', maxApps, 'V15') : [];
  if (mode === 'specificApps' && apps.length === 0 && !hasFault(part, 'apps'))
    fault(part, 'apps', 'required', 'No app is named.', 'Name the package of at least one, or choose userApproval.');
  refuseOthers(part);
  return { certificateAccess: mode === 'specificApps' ? { mode, apps } : { mode } };
}

function takeSubjectNameFormat(fields: Fields, certificateType: CertificateType): string {
  const written = takeText(fields, 'subjectNameFormat', '');
  const none = noSubject(written);
  if (none === null) return subjectNameFormatText(written, certificateType);
  const { detail, fix, mends } = none;
  const path = pathTo(fields, 'subjectNameFormat');
  fields.findings.push({
    rule: 'no-equivalent',
    severity: 'error',
    path,
    detail,
    fix,
    ...(mends.length > 0 && { mends }),
  });
  return '';
}

const rowTypes: Readonly<Record<string, SubjectAlternativeNameType>> = {
  email: 'email',
  emailAddress: 'email',
  upn: 'upn',
  userPrincipalName: 'upn',
  dns: 'dns',
  domainNameService: 'dns',
  uri: 'uri',
  universalResourceIdentifier: 'uri',
  ip: 'ip',
};

/** The seed's check boxes for user certificates have no value of their own; they stand for these. */
const checkBoxes: Readonly<Partial<Record<SubjectAlternativeNameType, string>>> = {
  email: '{{EmailAddress}}',
  upn: '{{UserPrincipalName}}',
};

/** Rows of type and value; for user certificates `email` and `upn` also as check boxes, `upn` or `{ type: upn }`. */
function takeAlternativeNames(
  fields: Fields,
  platform: Platform,
  certificateType: CertificateType,
): readonly SubjectAlternativeNameRow[] {
  const name = 'subjectAlternativeNames';
  return takeList(fields, name, maxRows, 'V15').flatMap((item, i) => {
    const box = typeof item === 'string' && Object.hasOwn(rowTypes, item) ? { type: item } : item;
    const row = openFields(box, `${pathTo(fields, name)}.${i}`, fields.findings);
    if (row === undefined) return [];
    const written = takeText(row, 'type', '');
    const type = Object.hasOwn(rowTypes, written) ? rowTypes[written] : undefined;
    const checked = certificateType === 'user' && type !== undefined ? checkBoxes[type] : undefined;
    const value = takeText(row, 'value', checked ?? '');
    refuseOthers(row);
    if (type === undefined)
      fault(row, 'type', 'unknown-value', `“${written.slice(0, 40)}” is not one of email, upn, dns, uri, ip.`);
    else if (type === 'ip' && platform !== 'linux')
      fault(row, 'type', 'not-on-this-platform', `IP address rows exist on linux only, not on ${platform}.`);
    return type === undefined ? [] : [{ type, value }];
  });
}

/** Of any unit. */
const longestPeriod = 36_500;
const oneYear: ValidityPeriod = { value: 1, unit: 'years' };
const units = ['days', 'months', 'years'] as const;

/** `{ value: 1, unit: years }` or `1 year`. Apple's payload has no such field: there it is the template's by default. */
function takeValidity(fields: Fields, platform: Platform): ValidityPeriod | null {
  const name = 'certificateValidityPeriod';
  const explicitlyNone = isNull(fields, name);
  const written = take(fields, name);
  if (written === undefined) return explicitlyNone || platform === 'ios' || platform === 'macos' ? null : oneYear;
  if (typeof written === 'string') {
    const match = /^\s*([0-9]{1,6})\s*(day|month|year)s?\s*$/i.exec(written);
    const unit = units.find((candidate) => candidate === `${match?.[2]?.toLowerCase()}s`);
    if (match !== null && unit !== undefined) return validity(fields, Number(match[1]), unit);
    fault(fields, name, 'V11', `“${written}” is no period.`, periodFix);
    return null;
  }
  const part = openFields(written, pathTo(fields, name), fields.findings);
  if (part === undefined) return null;
  const value = takeInteger(part, 'value', { from: 1, to: longestPeriod, fallback: 1, rule: 'V11' });
  const unit = takeChoice(part, 'unit', units, 'years');
  refuseOthers(part);
  return { value, unit };
}

const periodFix = 'Write for example “1 year” or “90 days”.';

function validity(fields: Fields, value: number, unit: ValidityPeriod['unit']): ValidityPeriod {
  const detail =
    value === 0
      ? 'A certificate cannot be valid for no time at all.'
      : value > longestPeriod
        ? `${value} is outside 1 to ${longestPeriod}.`
        : null;
  if (detail !== null) fault(fields, 'certificateValidityPeriod', 'V11', detail, periodFix);
  return { value, unit };
}

function takeRoot(fields: Fields, { platform, findTrustedProfile }: ScepSettingsInput): ProfileId {
  const reference = takeText(fields, 'rootCertificate', '');
  const none = '' as ProfileId; // never seen: a finding keeps the settings from being used
  if (reference.trim() === '') {
    if (!hasFault(fields, 'rootCertificate'))
      fault(
        fields,
        'rootCertificate',
        'V16',
        'The root certificate is missing.',
        'Name a trusted certificate profile.',
      );
    return none;
  }
  const found = findTrustedProfile(reference, platform);
  if (found === null) {
    const detail = `There is no trusted certificate profile “${reference}”.`;
    fault(fields, 'rootCertificate', 'V16', detail, 'Write the slug or the name of one; `profile list` has them.');
    return none;
  }
  if ('ambiguous' in found) {
    const list = found.ambiguous.join(', ');
    fault(
      fields,
      'rootCertificate',
      'V16',
      `“${reference}” means more than one profile.`,
      `Use one of the slugs ${list}.`,
    );
    return none;
  }
  if (found.platform !== platform)
    fault(
      fields,
      'rootCertificate',
      'V16',
      `The trusted certificate profile “${reference}” is for ${found.platform}, not for ${platform}.`,
      `Choose one for ${platform}.`,
    );
  return found.id;
}

const usageFix = 'Write dotted numbers, for example 1.3.6.1.5.5.7.3.2, or the name of a pre-defined key.';

function takeExtendedKeyUsages(fields: Fields): readonly ExtendedKeyUsage[] {
  const name = 'extendedKeyUsages';
  const list = takeList(fields, name, maxRows, 'V15').flatMap((item, i) => {
    const at = `${name}.${i}`;
    if (typeof item === 'string') {
      const known = findExtendedKeyUsage(item);
      if (known !== undefined) return [known];
      if (isOid(item)) return [{ name: item, oid: item }];
      fault(fields, at, 'V17', `“${item}” is neither a pre-defined key nor an object identifier.`, usageFix);
      return [];
    }
    if (typeof item !== 'object') {
      fields.findings.push(wrongType(pathTo(fields, at), item, 'a name, an object identifier, or both'));
      return [];
    }
    const row = openFields(item, pathTo(fields, at), fields.findings);
    if (row === undefined) return [];
    const oid = takeText(row, 'oid', '').trim();
    const label = takeText(row, 'name', '').trim();
    refuseOthers(row);
    if (!isOid(oid)) fault(row, 'oid', 'V17', `“${oid}” is not an object identifier.`, usageFix);
    return [{ name: label === '' ? (findExtendedKeyUsage(oid)?.name ?? oid) : label, oid }];
  });
  return list.filter((usage, i) => list.findIndex(({ oid }) => oid === usage.oid) === i);
}
