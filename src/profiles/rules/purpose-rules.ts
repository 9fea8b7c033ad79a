import { clientAuthentication } from '../extended-key-usage-presets.ts';
import type { VariableName } from '../variable.ts';
import { nameDevices, type Rule, subjectPath } from './rule.ts';

/** What a certificate is good for, and whom it convinces (issue 3; intune-domain 1.1, 1.10, 2.1). */
export const purposeRules: readonly Rule[] = [
  {
    code: 'V17',
    severity: 'error',
    title: 'At least one extended key usage',
    path: 'settings.extendedKeyUsages',
    fix: 'Add Client Authentication; object identifiers are dotted numbers.',
    source: 'seed, extended key usage',
    check: ({ settings }) =>
      settings.extendedKeyUsages.length > 0
        ? []
        : [
            {
              detail: 'The certificate would be good for no purpose that it names; this authority does not issue such.',
              fix: 'Add Client Authentication.',
            },
          ],
  },
  {
    code: 'V17',
    severity: 'information',
    title: 'Most certificates need Client Authentication',
    path: 'settings.extendedKeyUsages',
    fix: 'Add Client Authentication where a device or user signs in with the certificate.',
    source: 'seed, extended key usage',
    check: ({ settings }) =>
      settings.extendedKeyUsages.length === 0 || authenticatesClients(settings)
        ? []
        : [{ detail: 'Nobody can sign in with a certificate without Client Authentication.' }],
  },
  {
    code: 'V24',
    severity: 'information',
    title: 'Dedicated devices use the certificate for Wi-Fi, VPN and authentication, not for apps',
    path: 'platform',
    fix: null,
    source: 'seed, step 3',
    check: ({ settings }) =>
      settings.platform === 'androidEnterpriseCorporate'
        ? [
            {
              detail:
                'On dedicated Android devices the certificate serves Wi-Fi, VPN and authentication; apps cannot authenticate with it.',
            },
          ]
        : [],
  },
  {
    code: 'V24',
    severity: 'warning',
    title: 'Certificate access for specific apps does not reach dedicated devices',
    path: 'settings.certificateAccess',
    fix: 'Exclude dedicated devices, or leave certificate access to the user’s approval.',
    source: 'seed, step 3',
    check: ({ settings, facts }) => {
      const devices = facts.reach?.dedicatedDevices;
      if (devices === undefined || devices.count === 0) return [];
      if (settings.platform !== 'androidEnterpriseCorporate' || settings.certificateAccess.mode !== 'specificApps')
        return [];
      return [{ detail: `Apps on dedicated devices cannot use the certificate: ${nameDevices(devices)}.` }];
    },
  },
  {
    code: 'V25',
    severity: 'information',
    title: 'What a device says of itself can be spoofed',
    path: subjectPath,
    fix: 'Use `{{AAD_Device_ID}}` where the name decides about access.',
    source: 'seed, subject name format',
    check: ({ settings, uses }) => {
      const told = uses.filter(({ variable }) => toldByDevice.includes(variable));
      const [first] = told;
      if (settings.certificateType !== 'device' || first === undefined) return [];
      const names = [...new Set(told.map(({ variable }) => `{{${variable}}}`))].join(', ');
      const detail = `The certificate rests on ${names}: whoever holds the device can make it report another value.`;
      return [{ path: first.path, offset: first.offset, detail }];
    },
  },
  {
    code: 'V26',
    severity: 'information',
    title: 'A Network Policy Server finds the user by the UPN in the subject alternative name',
    path: 'settings.subjectAlternativeNames',
    fix: 'Add a row of type upn: `{{UserPrincipalName}}`.',
    source: 'seed, subject alternative name',
    check: ({ settings }) =>
      settings.certificateType === 'user' &&
      authenticatesClients(settings) &&
      !settings.subjectAlternativeNames.some(({ type }) => type === 'upn')
        ? [
            {
              detail:
                'Without a user principal name among its alternative names the certificate signs in nobody at a Network Policy Server.',
            },
          ]
        : [],
  },
  {
    code: 'V27',
    severity: 'warning',
    title: 'A UPN in the subject needs a user on corporate-owned Android',
    path: subjectPath,
    fix: 'Use `{{UserName}}@contoso.com`, a device certificate, or assign the profile to devices with a user.',
    source: 'seed, CN={{UserPrincipalName}}; intune-domain 1.5',
    check: ({ settings, uses, facts }) => {
      const used = uses.some(({ variable, row }) => row === null && isUserPrincipalName(variable));
      if (settings.platform !== 'androidEnterpriseCorporate' || !used) return [];
      const devices = facts.reach?.devicesWithoutUser;
      const without = 'A corporate-owned Android device without a user has no UPN, so the deployment fails there.';
      if (devices === undefined) return [{ detail: without }];
      const { count } = devices;
      if (count === 0) return [{ detail: `${without} Devices in reach without a user: 0.` }];
      return [{ detail: `${without} Devices in reach without a user: ${count} (${nameDevices(devices)}).` }];
    },
  },
];

/** Kept by the directory as the device, or its management, reported it. */
const toldByDevice: readonly VariableName[] = [
  'SerialNumber',
  'IMEI',
  'MEID',
  'WiFiMacAddress',
  'DeviceName',
  'FullyQualifiedDomainName',
];

const anyPurpose: readonly string[] = ['2.5.29.37.0', '1.3.6.1.4.1.311.10.12.1'];

function authenticatesClients({
  extendedKeyUsages,
}: {
  readonly extendedKeyUsages: readonly { readonly oid: string }[];
}): boolean {
  return extendedKeyUsages.some(({ oid }) => oid === clientAuthentication || anyPurpose.includes(oid));
}

function isUserPrincipalName(variable: VariableName): boolean {
  return variable === 'UserPrincipalName' || variable === 'OnPremisesUserPrincipalName';
}
