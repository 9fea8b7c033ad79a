import { type Fields, fault, openFields, pathTo, take, takeFlag, takeList, wrongType } from '../document-reader.ts';
import { subjectNameFormatText } from '../subject-name-format.ts';
import {
  alternativeNameTypes,
  appleSubjectNameFormats,
  certificateAccessTypes,
  certificateStores,
  deploymentChannels,
  hashAlgorithms,
  keySizes,
  keyStorageProviders,
  keyUsages,
  subjectNameFormats,
  takeFlags,
  takeMember,
  validityPeriodScales,
} from './graph-enumeration.ts';
import { leaveOut, tell, unknownProperty } from './graph-import.ts';
import type { GraphType } from './graph-type.ts';
import { keySizeNumbers, keyStorageProviderWords, rowTypeWords } from './setting-words.ts';

type Settings = Record<string, unknown>;

/**
 * The settings of a SCEP certificate profile in our words, `rootCertificate` apart. What needs no translation is passed on
 * as it is: `parseProfile` judges it. A setting that Graph leaves null is left out, and has our default.
 */
export function importScepSettings(fields: Fields, type: GraphType, ownScepAddress: string | undefined): Settings {
  const certificateType = importCertificateType(fields, type);
  const settings: Settings = {
    certificateType,
    subjectNameFormat: importSubject(fields, type, certificateType),
    subjectAlternativeNames: importAlternativeNames(fields, type),
    certificateValidityPeriod: importValidity(fields),
    keyUsage: takeFlags(fields, 'keyUsage', keyUsages) ?? undefined,
    keySize: importWord(fields, 'keySize', keySizes, keySizeNumbers),
    extendedKeyUsages: importExtendedKeyUsages(fields),
    renewalThreshold: take(fields, 'renewalThresholdPercentage'),
    scepServerUrls: importAddresses(fields, ownScepAddress),
    ...importPlatformSettings(fields, type),
  };
  for (const [name, ours] of defaulted) if (settings[name] === undefined) tellDefault(fields, name, ours);
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

const defaulted = [
  ['keyUsage', 'digital signature and key encipherment'],
  ['keySize', '2048'],
] as const;

function tellDefault(fields: Fields, name: string, ours: string): void {
  if (fields.findings.some(({ path }) => path === pathTo(fields, name))) return;
  tell(fields, name, `${name} is not configured; here that means ${ours}.`);
}

function importCertificateType(fields: Fields, type: GraphType): 'user' | 'device' | undefined {
  if (!type.properties.includes('certificateStore')) return undefined;
  const stores = takeFlags(fields, 'certificateStore', certificateStores);
  if (stores === null) return undefined;
  if (stores.length === 1) return stores[0] === 'user' ? 'user' : 'device';
  if (!fields.findings.some(({ path }) => path === pathTo(fields, 'certificateStore')))
    fault(fields, 'certificateStore', 'unknown-value', 'A profile is for the user or for the machine, not for both.');
  return undefined;
}

function importSubject(fields: Fields, { apple }: GraphType, certificateType: 'user' | 'device' | undefined): unknown {
  const text = take(fields, 'subjectNameFormatString');
  const format = apple
    ? takeMember(fields, 'subjectNameFormat', appleSubjectNameFormats)
    : takeMember(fields, 'subjectNameFormat', subjectNameFormats);
  if (format === null || format === 'custom') {
    if (text === undefined || text === '')
      tell(fields, 'subjectNameFormatString', 'The subject is not configured; here it has the default of its type.');
    return text;
  }
  if (text !== undefined && text !== '')
    leaveOut(
      fields,
      pathTo(fields, 'subjectNameFormatString'),
      `subjectNameFormat is ${format}, so this text had no effect.`,
    );
  const template = subjectNameFormatText(format, certificateType ?? 'user');
  if (template !== format) {
    tell(fields, 'subjectNameFormat', `${format} becomes the text ${template}.`);
    return template;
  }
  const fix =
    'Write the subject that you want as a custom one: subjectNameFormat custom, with subjectNameFormatString.';
  fault(fields, 'subjectNameFormat', 'unknown-value', `No variable here stands for ${format}.`, fix);
  return undefined;
}

type Row = { readonly type: string; readonly value: unknown };

function importAlternativeNames(fields: Fields, type: GraphType): readonly Row[] {
  const custom = type.properties.includes('customSubjectAlternativeNames') ? importRows(fields) : [];
  const flags = takeFlags(fields, 'subjectAlternativeNameType', alternativeNameTypes) ?? [];
  const implied: Row[] = [];
  for (const flag of flags) {
    if (flag === 'none') continue;
    if (flag === 'customAzureADAttribute') {
      const fix = 'Add a row of type upn or email with the variable that is meant, such as {{Department}}.';
      const at = pathTo(fields, 'subjectAlternativeNameType');
      leaveOut(fields, at, 'customAzureADAttribute has no counterpart.', { fix });
      continue;
    }
    const row = rowTypeWords[flag];
    if (custom.some(({ type }) => type === row)) continue;
    if (row === 'email') implied.push({ type: row, value: '{{EmailAddress}}' });
    else if (row === 'upn') implied.push({ type: row, value: '{{UserPrincipalName}}' });
    else {
      const fix = 'Add a row with the value that it should have.';
      leaveOut(fields, pathTo(fields, 'subjectAlternativeNameType'), `${flag} is chosen, but no value is given.`, {
        fix,
      });
    }
  }
  if (implied.length > 0) {
    const list = implied.map(({ type, value }) => `${type} ${value}`).join(', ');
    tell(fields, 'subjectAlternativeNameType', `The chosen types become the rows ${list}.`);
  }
  const text = take(fields, 'subjectAlternativeNameFormatString');
  if (text !== undefined && text !== '')
    leaveOut(
      fields,
      pathTo(fields, 'subjectAlternativeNameFormatString'),
      'A text for the custom attribute of a directory has no counterpart.',
      { fix: 'Add a row of the type that is meant, with this value.' },
    );
  return [...custom, ...implied];
}

function importRows(fields: Fields): readonly Row[] {
  const name = 'customSubjectAlternativeNames';
  return takeList(fields, name, Number.POSITIVE_INFINITY, 'V15').flatMap((item, i) => {
    const row = openFields(item, pathTo(fields, `${name}.${i}`), fields.findings);
    if (row === undefined) return [];
    const before = fields.findings.length;
    const type = takeMember(row, 'sanType', alternativeNameTypes);
    const value = take(row, 'name') ?? '';
    reportOthers(row);
    if (type !== null && Object.hasOwn(rowTypeWords, type))
      return [{ type: rowTypeWords[type as keyof typeof rowTypeWords], value }];
    if (fields.findings.length === before) {
      const fix = 'Use emailAddress, userPrincipalName, domainNameService or universalResourceIdentifier.';
      fault(row, 'sanType', 'unknown-value', `A row of the type ${type ?? 'null'} has no counterpart.`, fix);
    }
    return [];
  });
}

function importExtendedKeyUsages(fields: Fields): unknown {
  const name = 'extendedKeyUsages';
  return takeList(fields, name, Number.POSITIVE_INFINITY, 'V15').flatMap((item, i) => {
    const row = openFields(item, pathTo(fields, `${name}.${i}`), fields.findings);
    if (row === undefined) return [];
    const usage = { name: take(row, 'name') ?? '', oid: take(row, 'objectIdentifier') ?? '' };
    reportOthers(row);
    return [usage];
  });
}

function importValidity(fields: Fields): unknown {
  const value = take(fields, 'certificateValidityPeriodValue');
  const unit = takeMember(fields, 'certificateValidityPeriodScale', validityPeriodScales);
  if (value !== undefined && unit !== null) return { value, unit };
  const name = value === undefined ? 'certificateValidityPeriodValue' : 'certificateValidityPeriodScale';
  const untold = !fields.findings.some(({ path }) => path === pathTo(fields, 'certificateValidityPeriodScale'));
  if ((value === undefined) !== (unit === null) && untold)
    fault(fields, name, 'V11', 'A validity period needs both its value and its scale.');
  return null;
}

function importAddresses(fields: Fields, own: string | undefined): unknown {
  const name = 'scepServerUrls';
  const value = take(fields, name);
  if (value === undefined || !Array.isArray(value) || value.length === 0) return value;
  const ours = (url: unknown) => own !== undefined && typeof url === 'string' && url.startsWith(`${own}/`);
  if (value.every(ours)) {
    tell(fields, name, 'These are addresses of this server: the profile uses the one that it gets here.');
    return [];
  }
  tell(
    fields,
    name,
    'Devices go on asking these addresses. Only what this server issues can it report, renew and revoke.',
    'Leave scepServerUrls empty to have devices ask this server.',
  );
  return value;
}

function importPlatformSettings(fields: Fields, { properties, platform }: GraphType): Settings {
  const settings: Settings = {};
  if (properties.includes('hashAlgorithm')) {
    const chosen = takeFlags(fields, 'hashAlgorithm', hashAlgorithms);
    if (chosen !== null && platform === 'macos')
      leaveOut(fields, pathTo(fields, 'hashAlgorithm'), 'Apple devices always use SHA-2.', { severity: 'information' });
    else if (chosen !== null) settings.hashAlgorithm = chosen;
  }
  if (properties.includes('keyStorageProvider'))
    settings.keyStorageProvider = importWord(
      fields,
      'keyStorageProvider',
      keyStorageProviders,
      keyStorageProviderWords,
    );
  if (properties.includes('deploymentChannel')) settings.deploymentChannel = importChannel(fields);
  if (properties.includes('allowAllAppsAccess') && takeFlag(fields, 'allowAllAppsAccess', false))
    leaveOut(
      fields,
      pathTo(fields, 'allowAllAppsAccess'),
      'Access of all apps to the private key is not offered here.',
      {
        fix: 'Apps that may use the key ask for it.',
      },
    );
  if (properties.includes('certificateAccessType')) settings.certificateAccess = importAccess(fields);
  return settings;
}

/** `device` or `user`; left out when Graph leaves it null. */
export function importChannel(fields: Fields): 'device' | 'user' | undefined {
  const channel = takeMember(fields, 'deploymentChannel', deploymentChannels);
  return channel === null ? undefined : channel === 'userChannel' ? 'user' : 'device';
}

/** Our word for one of Graph's; left out when Graph leaves it null. */
export function importWord<Word extends string, Ours>(
  fields: Fields,
  name: string,
  members: Readonly<Record<Word, number>>,
  words: Readonly<Record<Word, Ours>>,
): Ours | undefined {
  const word = takeMember(fields, name, members);
  return word === null ? undefined : words[word];
}

function importAccess(fields: Fields): unknown {
  const mode = takeMember(fields, 'certificateAccessType', certificateAccessTypes);
  const name = 'silentCertificateAccessDetails';
  const apps = takeList(fields, name, Number.POSITIVE_INFINITY, 'V15').flatMap((item, i) => {
    const row = openFields(item, pathTo(fields, `${name}.${i}`), fields.findings);
    if (row === undefined) return [];
    const app = take(row, 'packageId');
    reportOthers(row);
    if (typeof app === 'string') return [app];
    fields.findings.push(wrongType(pathTo(row, 'packageId'), app, 'text'));
    return [];
  });
  if (mode === 'specificApps') return { mode, apps };
  if (apps.length > 0)
    leaveOut(fields, pathTo(fields, name), 'Apps have no effect unless certificateAccessType is specificApps.');
  return mode === null ? undefined : { mode };
}

/** Of a row: annotations mean nothing, the rest is told. */
function reportOthers(row: Fields): void {
  for (const name of Object.keys(row.values))
    if (!row.taken.has(name) && !name.includes('@odata.')) unknownProperty(row, name);
}
