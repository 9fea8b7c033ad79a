/**
 * The variables that a subject or a subject alternative name may hold (intune-domain 2.1): `{{UserName}}`. Names are
 * read without regard to case.
 */
import type { DeviceFacts } from '../directory/device.ts';
import type { Platform } from '../directory/platform.ts';
import type { UserFacts } from '../directory/user.ts';

export type VariableName =
  | 'UserName'
  | 'UserPrincipalName'
  | 'EmailAddress'
  | 'OnPrem_Distinguished_Name'
  | 'OnPremisesSamAccountName'
  | 'OnPremisesUserPrincipalName'
  | 'GivenName'
  | 'SurName'
  | 'Department'
  | 'OnPremisesSecurityIdentifier'
  | 'AAD_Device_ID'
  | 'DeviceId'
  | 'SerialNumber'
  | 'IMEI'
  | 'MEID'
  | 'WiFiMacAddress'
  | 'DeviceName'
  | 'FullyQualifiedDomainName';

/** `either`: of the user in a user certificate, of the device in a device certificate. */
export type VariableClass = 'user' | 'device' | 'either';

export type Variable = {
  readonly name: VariableName;
  readonly aliases: readonly string[];
  readonly class: VariableClass;
  readonly userFact: keyof UserFacts | null;
  readonly deviceFact: keyof DeviceFacts | null;
  /** Where it can have a value; null: everywhere. */
  readonly platforms: readonly Platform[] | null;
};

const notOnOpenSource: readonly Platform[] = [
  'androidDeviceAdministrator',
  'androidEnterpriseCorporate',
  'androidEnterprisePersonal',
  'ios',
  'macos',
  'windows81',
  'windows10',
  'linux',
];

function ofUser(name: VariableName, userFact: keyof UserFacts, platforms: readonly Platform[] | null = null): Variable {
  return { name, aliases: [], class: 'user', userFact, deviceFact: null, platforms };
}

function ofDevice(
  name: VariableName,
  deviceFact: keyof DeviceFacts,
  aliases: readonly string[] = [],
  platforms: readonly Platform[] | null = null,
): Variable {
  return { name, aliases, class: 'device', userFact: null, deviceFact, platforms };
}

export const variables: readonly Variable[] = [
  ofUser('UserName', 'userName'),
  ofUser('UserPrincipalName', 'userPrincipalName'),
  ofUser('EmailAddress', 'emailAddress'),
  ofUser('OnPrem_Distinguished_Name', 'onPremisesDistinguishedName', notOnOpenSource), // V19
  ofUser('OnPremisesSamAccountName', 'onPremisesSamAccountName', notOnOpenSource), // V19
  ofUser('OnPremisesUserPrincipalName', 'onPremisesUserPrincipalName'),
  ofUser('GivenName', 'givenName'),
  ofUser('SurName', 'surname'),
  ofUser('Department', 'department', notOnOpenSource), // V19
  {
    name: 'OnPremisesSecurityIdentifier',
    aliases: [],
    class: 'either',
    userFact: 'onPremisesSecurityIdentifier',
    deviceFact: 'onPremisesSecurityIdentifier',
    platforms: null,
  },
  ofDevice('AAD_Device_ID', 'entraDeviceId', ['AzureADDeviceId']),
  ofDevice('DeviceId', 'managedDeviceId'),
  ofDevice('SerialNumber', 'serialNumber', ['Device_Serial']),
  ofDevice('IMEI', 'imei', ['IMEINumber', 'Device_IMEI']),
  ofDevice('MEID', 'meid'),
  ofDevice('WiFiMacAddress', 'wifiMacAddress'),
  ofDevice('DeviceName', 'deviceName'),
  ofDevice('FullyQualifiedDomainName', 'fullyQualifiedDomainName', [], ['windows81', 'windows10', 'linux']),
];

const byName = new Map(
  variables.flatMap((variable) => [variable.name, ...variable.aliases].map((name) => [name.toLowerCase(), variable])),
);

/** By name or alias, in any case. */
export function findVariable(name: string): Variable | undefined {
  return byName.get(name.toLowerCase());
}

const byCanonicalName = new Map(variables.map((variable) => [variable.name, variable]));

export function variableOf(name: VariableName): Variable {
  return byCanonicalName.get(name) as Variable;
}

/** What the SID variable expands to (KB5014754). */
export const securityIdentifierUriPrefix = 'tag:microsoft.com,2022-09-14:sid:';
