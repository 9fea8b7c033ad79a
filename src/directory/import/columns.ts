/** The columns of the import files. Their names are the facts' names, but for `deviceId` and `primaryUser`. */

import { managements, platforms } from '../platform.ts';
import { type CellParser, freeText, oneOf, principalName, time, workload, yesOrNo } from './cells.ts';

function required<Parse extends CellParser>(parse: Parse) {
  return { required: true, parse } as const;
}

function optional<Parse extends CellParser>(parse: Parse) {
  return { required: false, parse } as const;
}

export const userColumns = {
  userPrincipalName: required(principalName),
  userName: optional(freeText),
  displayName: optional(freeText),
  givenName: optional(freeText),
  surname: optional(freeText),
  emailAddress: optional(freeText),
  department: optional(freeText),
  onPremisesSamAccountName: optional(freeText),
  onPremisesDistinguishedName: optional(freeText),
  onPremisesUserPrincipalName: optional(freeText),
  onPremisesSecurityIdentifier: optional(freeText),
  entraObjectId: optional(freeText),
};

export const groupColumns = {
  groupName: required(freeText),
  kind: required(oneOf('unknown-group-kind', 'kind of group', ['user', 'device'])),
  description: optional(freeText),
};

export const memberColumns = {
  groupName: required(freeText),
  member: required(freeText),
  memberKind: required(oneOf('unknown-member-kind', 'kind of member', ['user', 'device', 'group'])),
};

export const deviceColumns = {
  deviceName: required(freeText),
  platform: required(oneOf('unknown-platform', 'platform', platforms)),
  management: optional(oneOf('unknown-management', 'kind of management', managements)),
  ownership: optional(oneOf('unknown-ownership', 'kind of ownership', ['corporate', 'personal', 'unknown'])),
  osVersion: optional(freeText),
  osEdition: optional(freeText),
  serialNumber: optional(freeText),
  imei: optional(freeText),
  meid: optional(freeText),
  wifiMacAddress: optional(freeText),
  entraDeviceId: optional(freeText),
  deviceId: optional(freeText),
  fullyQualifiedDomainName: optional(freeText),
  primaryUser: optional(freeText),
  trustType: optional(freeText),
  onPremisesSecurityIdentifier: optional(freeText),
  manufacturer: optional(freeText),
  model: optional(freeText),
  deviceCategory: optional(freeText),
  cpuArchitecture: optional(freeText),
  isRooted: optional(yesOrNo),
  enrollmentProfileName: optional(freeText),
  enrolledAt: optional(time),
  registeredAt: optional(time),
  coManagementWorkload: optional(workload),
};

/** The columns that say which thing a row is about, or which other thing it names; of these every row is kept. */
export const keptColumns = {
  users: ['userPrincipalName'],
  groups: ['groupName', 'kind'],
  members: ['groupName', 'member', 'memberKind'],
  devices: ['deviceName', 'platform', 'management', 'serialNumber', 'entraDeviceId', 'deviceId', 'primaryUser'],
} as const;
