import { type VariableName, variableOf } from '../variable.ts';
import { nameDevices, type Problem, type Rule, type RuleSubject, rowPath, subjectPath } from './rule.ts';

/** The rules on which variable may stand where, and has a value on which platform (intune-domain 1.14, 2.1). */
export const variableRules: readonly Rule[] = [
  {
    code: 'V3',
    severity: 'error',
    title: 'A device certificate names no user',
    path: subjectPath,
    fix: 'Use a device variable, or choose the certificate type user.',
    source: 'seed, step 7, certificate type',
    check: ({ settings, uses }) =>
      settings.certificateType === 'user'
        ? []
        : uses
            .filter(({ variable }) => variableOf(variable).class === 'user')
            .map(({ variable, path, offset }) => ({
              path,
              offset,
              detail: `{{${variable}}} is a property of a user; a device certificate can only hold properties of the device.`,
            })),
  },
  {
    code: 'V9',
    severity: 'error',
    title: 'The security identifier stands in URI rows, and for devices on Windows',
    path: rowPath,
    fix: 'Put it into a row of type `uri`; on other platforms choose the certificate type user.',
    source: 'intune-domain 1.5, KB5014754',
    check: ({ settings, uses }) => {
      const windows = settings.platform === 'windows10' || settings.platform === 'windows81';
      return uses.flatMap(({ variable, path, row, offset }): Problem[] => {
        if (variable !== 'OnPremisesSecurityIdentifier') return [];
        if (row !== 'uri')
          return [
            {
              path,
              offset,
              detail: '{{OnPremisesSecurityIdentifier}} becomes a URI.',
              fix: 'Put it into a row of type uri.',
            },
          ];
        if (settings.certificateType === 'user' || windows) return [];
        return [
          {
            path,
            offset,
            detail: 'Only Windows devices have a security identifier of their own.',
            fix: 'Choose the certificate type user, or remove the row.',
          },
        ];
      });
    },
  },
  {
    code: 'V19',
    severity: 'error',
    title: 'Variables that this kind of Android does not offer',
    path: subjectPath,
    fix: 'Use `{{UserPrincipalName}}` in place of `{{UserName}}`; the others have no substitute there.',
    source: 'intune-domain 1.1, 1.5',
    check: ({ settings, uses }) =>
      uses.flatMap(({ variable, path, row, offset }): Problem[] => {
        if (settings.platform === 'androidEnterpriseCorporate' && variable === 'UserName' && row !== null)
          return [
            {
              path,
              offset,
              detail: '{{UserName}} is not available in the subject alternative name on corporate-owned Android.',
              fix: 'Use {{UserPrincipalName}}.',
            },
          ];
        if (
          settings.platform !== 'androidOpenSource' ||
          !missingOn(variable, settings.platform) ||
          variable === 'FullyQualifiedDomainName'
        )
          return [];
        return [
          { path, offset, detail: `{{${variable}}} is not available on Android (AOSP).`, fix: 'Use another variable.' },
        ];
      }),
  },
  {
    code: 'V21',
    severity: 'warning',
    title: 'Hardware identifiers on personally-owned work profiles',
    path: subjectPath,
    fix: 'Use another variable: the device does not tell it.',
    source: 'intune-domain 1.1, Android 12',
    check: ({ settings, uses }) =>
      settings.platform !== 'androidEnterprisePersonal'
        ? []
        : uses
            .filter(({ variable }) => variable === 'SerialNumber' || variable === 'IMEI' || variable === 'MEID')
            .map(({ variable, path, offset }) => ({
              path,
              offset,
              detail: `From Android 12 on a personally-owned device does not tell {{${variable}}}.`,
            })),
  },
  {
    code: 'V22',
    severity: 'warning',
    title: 'User variables on devices without a user',
    path: subjectPath,
    fix: 'Assign the profile to devices with a user, or use a device certificate.',
    source: 'intune-domain 2.1',
    check: userlessProblems,
  },
  {
    code: 'V28',
    severity: 'warning',
    title: 'The fully qualified domain name exists on Windows and Linux',
    path: subjectPath,
    fix: 'Use `{{DeviceName}}`.',
    source: 'seed, {{FullyQualifiedDomainName}}',
    check: ({ settings, uses }) =>
      uses
        .filter(({ variable }) => variable === 'FullyQualifiedDomainName' && missingOn(variable, settings.platform))
        .map(({ path, offset }) => ({
          path,
          offset,
          detail: `{{FullyQualifiedDomainName}} has no value on ${settings.platform}; every deployment will fail.`,
        })),
  },
];

function missingOn(variable: VariableName, platform: RuleSubject['settings']['platform']): boolean {
  return variableOf(variable).platforms?.includes(platform) === false;
}

function userlessProblems({ settings, uses, facts }: RuleSubject): Problem[] {
  const used = uses.filter(({ variable }) => variableOf(variable).class === 'user');
  const first = used[0];
  const mayLackUser = settings.platform === 'androidEnterpriseCorporate' || settings.platform === 'androidOpenSource';
  if (first === undefined || settings.certificateType === 'device') return [];
  const devices = facts.reach?.devicesWithoutUser;
  if (devices === undefined ? !mayLackUser : devices.count === 0) return [];
  const names = [...new Set(used.map(({ variable }) => `{{${variable}}}`))].join(', ');
  const which = devices === undefined ? 'Dedicated and other devices without a user' : nameDevices(devices);
  const { path, offset } = first;
  return [{ path, offset, detail: `${names}: no value on devices without a user. Affected: ${which}.` }];
}
