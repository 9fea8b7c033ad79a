/**
 * The enumerations of certificate profiles in Microsoft Graph (intune-domain 6.5): the words, and the numbers that some
 * exports hold instead. What is written in another case is read; what is written out is always the word.
 */
import type { WindowsEdition } from '../applicability-rules.ts';
import { type Fields, fault, take } from '../document-reader.ts';

export type Enumeration<Word extends string> = Readonly<Record<Word, number>>;

export const subjectNameFormats = {
  commonName: 0,
  commonNameIncludingEmail: 1,
  commonNameAsEmail: 2,
  custom: 3,
  commonNameAsIMEI: 5,
  commonNameAsSerialNumber: 6,
  commonNameAsAadDeviceId: 7,
  commonNameAsIntuneDeviceId: 8,
  commonNameAsDurableDeviceId: 9,
} as const;

/** The same words with other numbers. */
export const appleSubjectNameFormats = {
  commonName: 0,
  commonNameAsEmail: 1,
  custom: 2,
  commonNameIncludingEmail: 3,
  commonNameAsIMEI: 5,
  commonNameAsSerialNumber: 6,
} as const;

/** Flags. */
export const alternativeNameTypes = {
  none: 0,
  emailAddress: 1,
  userPrincipalName: 2,
  customAzureADAttribute: 4,
  domainNameService: 8,
  universalResourceIdentifier: 16,
} as const;

export const validityPeriodScales = { days: 0, months: 1, years: 2 } as const;
/** Flags. */
export const keyUsages = { keyEncipherment: 1, digitalSignature: 2 } as const;
export const keySizes = { size1024: 0, size2048: 1, size4096: 2 } as const;
/** Flags. */
export const hashAlgorithms = { sha1: 1, sha2: 2 } as const;
/** Flags, of which a profile has one. */
export const certificateStores = { user: 1, machine: 2 } as const;
export const keyStorageProviders = {
  useTpmKspOtherwiseUseSoftwareKsp: 0,
  useTpmKspOtherwiseFail: 1,
  usePassportForWorkKspOtherwiseFail: 2,
  useSoftwareKsp: 3,
} as const;
export const destinationStores = {
  computerCertStoreRoot: 0,
  computerCertStoreIntermediate: 1,
  userCertStoreIntermediate: 2,
} as const;
export const deploymentChannels = { deviceChannel: 0, userChannel: 1 } as const;
export const certificateAccessTypes = { userApproval: 0, specificApps: 1 } as const;
export const applicabilityRuleTypes = { include: 0, exclude: 1 } as const;
export const editionTypes = {
  windows10Enterprise: 0,
  windows10EnterpriseN: 1,
  windows10Education: 2,
  windows10EducationN: 3,
  windows10MobileEnterprise: 4,
  windows10HolographicEnterprise: 5,
  windows10Professional: 6,
  windows10ProfessionalN: 7,
  windows10ProfessionalEducation: 8,
  windows10ProfessionalEducationN: 9,
  windows10ProfessionalWorkstation: 10,
  windows10ProfessionalWorkstationN: 11,
  notConfigured: 12,
  windows10Home: 13,
  windows10HomeChina: 14,
  windows10HomeN: 15,
  windows10HomeSingleLanguage: 16,
  windows10Mobile: 17,
  windows10IoTCore: 18,
  windows10IoTCoreCommercial: 19,
} as const satisfies Readonly<Record<WindowsEdition | 'notConfigured', number>>;
export const filterTypes = { none: 0, include: 1, exclude: 2 } as const;

/** Null when the property is absent or null, or when what it says is no member, which is a finding. */
export function takeMember<Word extends string>(fields: Fields, name: string, members: Enumeration<Word>): Word | null {
  const value = take(fields, name);
  return value === undefined ? null : (member(fields, name, value, members) ?? null);
}

/**
 * Flags as one text with commas (as Graph writes them), as a list, or as the sum of their numbers; each once, lowest number
 * first. Null when the property is absent or null. What is no member is a finding.
 */
export function takeFlags<Word extends string>(
  fields: Fields,
  name: string,
  members: Enumeration<Word>,
): readonly Word[] | null {
  const value = take(fields, name);
  if (value === undefined) return null;
  const sum = wholeNumber(value);
  if (sum !== undefined) return flagsOf(fields, name, sum, members);
  const list: readonly unknown[] =
    typeof value === 'string'
      ? value
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== '')
      : Array.isArray(value)
        ? value
        : [value];
  const found = list.map((item) => member(fields, name, item, members));
  return inOrder(members).filter((word) => found.includes(word) && members[word] !== 0);
}

/** Items of a list as members; what is none is a finding at its place. */
export function listMembers<Word extends string>(
  fields: Fields,
  name: string,
  items: readonly unknown[],
  members: Enumeration<Word>,
): readonly Word[] {
  return items.flatMap((item, i) => member(fields, `${name}.${i}`, item, members) ?? []);
}

/** Lowest number first, as Graph answers; null for none. */
export function writeFlags<Word extends string>(words: readonly Word[], members: Enumeration<Word>): string | null {
  const written = inOrder(members).filter((word) => words.includes(word));
  return written.length === 0 ? null : written.join(',');
}

function flagsOf<Word extends string>(
  fields: Fields,
  name: string,
  sum: number,
  members: Enumeration<Word>,
): readonly Word[] {
  const chosen = inOrder(members).filter((word) => (sum & members[word]) !== 0);
  const known = chosen.reduce((total, word) => total + members[word], 0);
  if (known !== sum) notAMember(fields, name, sum, members);
  return chosen;
}

function member<Word extends string>(
  fields: Fields,
  name: string,
  value: unknown,
  members: Enumeration<Word>,
): Word | undefined {
  const number = wholeNumber(value);
  const wanted = typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : '';
  const found = inOrder(members).find((word) => word.toLowerCase() === wanted || members[word] === number);
  if (found === undefined) notAMember(fields, name, value, members);
  return found;
}

function notAMember(fields: Fields, name: string, value: unknown, members: Enumeration<string>): void {
  const written =
    typeof value === 'string' || typeof value === 'number' ? `“${String(value).slice(0, 60)}”` : 'this value';
  fault(fields, name, 'unknown-value', `${written} is not one of ${inOrder(members).join(', ')}.`);
}

/** A number, or a text of digits. */
function wholeNumber(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  return typeof value === 'string' && /^\s*[0-9]{1,4}\s*$/.test(value) ? Number(value) : undefined;
}

function inOrder<Word extends string>(members: Enumeration<Word>): Word[] {
  return (Object.keys(members) as Word[]).toSorted((a, b) => members[a] - members[b]);
}
