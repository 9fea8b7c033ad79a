/**
 * Profiles as Microsoft Graph answers them, of every type (intune-domain 6.8, own values). A GET answers with every property
 * of the type, null where nothing is configured.
 */
export type GraphJson = Readonly<Record<string, unknown>>;

export const graphIds = {
  windowsScep: '3f0e2a54-7a0b-4c53-9b0e-0c6c1f4f9d01',
  windowsRoot: '11111111-aaaa-4bbb-8ccc-222222222222',
} as const;

const clientAuthentication = { name: 'Client Authentication', objectIdentifier: '1.3.6.1.5.5.7.3.2' };

function header(type: string, displayName: string, id: string): GraphJson {
  return {
    '@odata.type': `#microsoft.graph.${type}`,
    id,
    displayName,
    description: null,
    version: 4,
    createdDateTime: '2026-01-10T08:00:00.000Z',
    lastModifiedDateTime: '2026-02-01T09:30:00.000Z',
    roleScopeTagIds: ['0'],
    supportsScopeTags: true,
    deviceManagementApplicabilityRuleOsEdition: null,
    deviceManagementApplicabilityRuleOsVersion: null,
    deviceManagementApplicabilityRuleDeviceMode: null,
  };
}

/** Of the root of a stem. */
export function rootIdOf(stem: Stem): string {
  return `22222222-aaaa-4bbb-8ccc-${String(stems.indexOf(stem)).padStart(12, '0')}`;
}

export function boundTo(id: string): string {
  return `https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations('${id}')`;
}

export const stems = [
  'android',
  'androidWorkProfile',
  'androidDeviceOwner',
  'aospDeviceOwner',
  'ios',
  'macOS',
  'windows81',
] as const;
export type Stem = (typeof stems)[number];

export function trustedExample(stem: Stem, certificate: string): GraphJson {
  return {
    ...header(`${stem}TrustedRootCertificate`, `${stem} root`, rootIdOf(stem)),
    trustedRootCertificate: certificate,
    certFileName: 'example-root-g1.cer',
    ...(stem === 'windows81' && { destinationStore: 'computerCertStoreRoot' }),
    ...(stem === 'macOS' && { deploymentChannel: 'deviceChannel' }),
  };
}

/** The common part of a SCEP certificate profile; `changes` for what differs. */
export function scepExample(stem: Stem, changes: GraphJson = {}): GraphJson {
  const type = stem === 'windows81' ? 'windows81SCEPCertificateProfile' : `${stem}ScepCertificateProfile`;
  const legacy = stem === 'android';
  return {
    ...header(type, `${stem} SCEP`, rootIdOf(stem).replace('22222222', '33333333')),
    renewalThresholdPercentage: 20,
    subjectNameFormat: legacy ? 'commonNameIncludingEmail' : 'custom',
    subjectNameFormatString: legacy ? null : 'CN={{AAD_Device_ID}}',
    subjectAlternativeNameFormatString: null,
    subjectAlternativeNameType: legacy ? 'emailAddress,userPrincipalName' : null,
    ...(!legacy && {
      customSubjectAlternativeNames: [{ sanType: 'domainNameService', name: '{{AzureADDeviceId}}.example.org' }],
      certificateStore: 'machine',
    }),
    certificateValidityPeriodValue: 1,
    certificateValidityPeriodScale: 'years',
    extendedKeyUsages: [clientAuthentication],
    keyUsage: 'keyEncipherment,digitalSignature',
    keySize: 'size2048',
    scepServerUrls: ['https://scep1.example.org/scep', 'https://scep2.example.org/scep'],
    ...(stem !== 'ios' && { hashAlgorithm: stem === 'macOS' ? null : 'sha2' }),
    ...(stem === 'windows81' && { keyStorageProvider: 'useTpmKspOtherwiseUseSoftwareKsp' }),
    ...(stem === 'macOS' && { allowAllAppsAccess: false, deploymentChannel: 'deviceChannel' }),
    ...(stem === 'androidDeviceOwner' && {
      certificateAccessType: 'specificApps',
      silentCertificateAccessDetails: [{ packageId: 'com.example.vpn' }],
    }),
    'rootCertificate@odata.bind': boundTo(rootIdOf(stem)),
    ...changes,
  };
}

/** Windows user certificate with strong mapping and applicability rules: the first example of intune-domain 6.8. */
export const windowsUserExample: GraphJson = scepExample('windows81', {
  id: graphIds.windowsScep,
  displayName: 'Win - SCEP - User Wi-Fi',
  description: 'EAP-TLS user certificate',
  certificateStore: 'user',
  subjectNameFormatString: 'CN={{UserName}},E={{EmailAddress}},OU=Clients,O=Example GmbH,C=DE',
  customSubjectAlternativeNames: [
    { sanType: 'userPrincipalName', name: '{{UserPrincipalName}}' },
    { sanType: 'universalResourceIdentifier', name: '{{OnPremisesSecurityIdentifier}}' },
  ],
});
