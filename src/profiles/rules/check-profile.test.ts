import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeCertificate } from '../../../test/support/make-certificate.ts';
import {
  findingLines,
  issuerDescription as issuer,
  type KnownFacts,
  profileTime as now,
  type ProfileChange,
} from '../../../test/support/profile-fixture.ts';
import { day } from '../../lib/clock.ts';
import { rules } from './check-profile.ts';

const subject = (subjectNameFormat: string, more: ProfileChange = {}): ProfileChange => ({
  ...more,
  settings: { subjectNameFormat, ...more.settings },
});
const row = (type: string, value: string, more: ProfileChange = {}): ProfileChange => ({
  ...more,
  settings: { subjectAlternativeNames: ['upn', { type, value }], ...more.settings },
});
const set = (settings: ProfileChange['settings'], platform = 'linux'): ProfileChange => ({
  platform,
  ...(settings && { settings }),
});
const windows = (settings: Readonly<Record<string, unknown>>) => set(settings, 'windows10');
const url = (address: string, platform = 'linux') => set({ scepServerUrls: [address] }, platform);

const format = 'settings.subjectNameFormat';
const secondRow = 'settings.subjectAlternativeNames.1.value';
const validity = 'settings.certificateValidityPeriod';
const channel = 'settings.deploymentChannel';
const root = 'settings.rootCertificate';
const device = { certificateType: 'device', subjectNameFormat: 'CN={{AAD_Device_ID}}', subjectAlternativeNames: [] };
const deviceRow = (type: string, value: string, platform = 'linux') =>
  set({ ...device, subjectAlternativeNames: ['dns', { type, value }].slice(1) }, platform);

const nobody = { count: 0, names: [] };
const everyone = { devicesWithoutUser: nobody, dedicatedDevices: nobody };
const corporate = (settings: ProfileChange['settings'] = {}) =>
  set({ subjectNameFormat: 'CN={{UserName}}', ...settings }, 'androidEnterpriseCorporate');
/** What every profile for corporate-owned Android is told. */
const dedicated = 'V24 information platform';

const ca = makeCertificate(now);
const issuing = makeCertificate(now, { name: 'Issuing', issuer: 'Alder & Finch Root' });
const other = makeCertificate(now, { name: 'Other' });
const chain: KnownFacts = { issuer: { ...issuer, chain: [issuing, ca] } };
const refersTo = (certificate: Uint8Array): KnownFacts => ({
  ...chain,
  root: { certificate, deploymentChannel: null },
});
const withTemplate = (change: Partial<typeof issuer.template>): KnownFacts => ({
  issuer: { ...issuer, template: { ...issuer.template, ...change } },
});

/** A profile, what is found in it (nothing, when left out), and what is known beside it. */
type Case = readonly [what: string, change: ProfileChange, expected?: readonly string[], facts?: KnownFacts];

/** For each rule, by its title: what breaks it, and what just keeps it. */
const table: Readonly<Record<string, { readonly breaks: readonly Case[]; readonly keeps: readonly Case[] }>> = {
  'A profile has a name': {
    breaks: [['blanks', { name: ' ' }, ['V1 error name']]],
    keeps: [['a letter', { name: 'a' }]],
  },
  'Variables stand in double braces': {
    breaks: [
      ['single braces', subject('CN={UserName}'), [`V2 error ${format}`]],
      ['never closed', subject('CN={{UserName'), [`V2 error ${format}`]],
      ['three braces', subject('CN={{{UserName}}}'), [`V2 error ${format}`]],
      ['in a row', row('uri', 'x:{{UserName}'), [`V2 error ${secondRow}`]],
    ],
    keeps: [['any case, two side by side', subject('CN={{username}}{{USERNAME}}')]],
  },
  'Every variable is known, and has no invisible character in its name': {
    breaks: [
      ['a blank in the name', subject('CN={{User Name}}'), [`V4 error ${format}`]],
      ['zero-width', row('dns', '{{AzureADDeviceId\u200b}}.x'), [`V4 error ${secondRow}`]],
      ['zero-width, wrongly decoded', row('dns', '{{AzureADDeviceIdâ€‹}}.x'), [`V4 error ${secondRow}`]],
      ['no-break space', row('dns', '{{AzureADDeviceId\u00a0}}.x'), [`V4 error ${secondRow}`]],
    ],
    keeps: [['an alias', row('dns', '{{AzureADDeviceId}}.x')]],
  },
  'No invisible characters, and nothing that a wrong decoding left': {
    breaks: [
      ['zero-width in a subject', subject('CN={{UserName}},OU=Sa\u200bles'), [`Q1 warning ${format}`]],
      ['no-break space', subject('CN={{UserName}},OU=Wi\u00a0Fi'), [`Q1 warning ${format}`]],
      ['byte order mark', subject('\ufeffCN={{UserName}}'), [`Q1 warning ${format}`]],
      ['wrongly decoded', subject('CN={{UserName}},L=MÃ¼nchen'), [`Q1 warning ${format}`]],
      ['in a row', row('upn', '{{UserName}}@contoso\u200b.com'), [`Q1 warning ${secondRow}`]],
      ['in an address', url('https://x.example/sc\u200bep'), ['Q1 warning settings.scepServerUrls.0']],
      ['in the name', { name: 'Wi\u200bFi' }, ['Q1 warning name']],
    ],
    keeps: [['letters of any script', subject('CN={{UserName}},L=München,O=Ørsted “A” 株式会社')]],
  },
  'Only straight quotes keep a value together': {
    breaks: [['curly', subject('CN={{UserName}},O=“Alder & Finch”'), [`Q2 warning ${format}`]]],
    keeps: [
      ['straight', subject('CN={{UserName}},O="Alder & Finch"')],
      ['curly within', subject('CN={{UserName}},O=Alder “the tree” Ltd')],
    ],
  },
  'The value of a row stands without quotes': {
    breaks: [
      ['straight', row('upn', '"{{UserName}}@contoso.com"'), [`Q2 warning ${secondRow}`]],
      ['curly', row('upn', '“{{UserName}}@contoso.com”'), [`Q2 warning ${secondRow}`]],
    ],
    keeps: [['none', row('upn', '{{UserName}}@contoso.com')]],
  },
  'The subject name format follows the CertStrToName grammar': {
    breaks: [
      ['no key', subject('CN=a,b'), [`V5 error ${format}`]],
      ['torn in curly quotes', subject('CN={{UserName}},O=“Alder, Finch”'), [`V5 error ${format}`]],
      ['static text too long', subject(`CN=${'a'.repeat(65)}`), [`V5 error ${format}`]],
      ['country', subject('CN=a,C=Germany'), [`V5 error ${format}`]],
      ['not printable', subject('CN=a,C=D_'), [`V5 error ${format}`]],
      ['a variable has no room', subject(`CN=${'a'.repeat(64)}{{UserName}}`), [`V5 error ${format}`]],
      ['hex where text belongs', subject('CN=#AB'), [`V5 error ${format}`]],
      ['an attribute twice in one RDN', subject('OU=a+OU=b'), [`V5 error ${format}`]],
    ],
    keeps: [['everything', subject(`CN=${'a'.repeat(63)}{{UserName}},C=DE,OU=a+L=b,1.2.3=#AB`)]],
  },
  'No escaped special characters in the subject': {
    breaks: [
      ['a comma', subject('CN=Test User (TestCompany\\, LLC),OU=X'), [`V6 error ${format}`]],
      ['in quotes', subject('CN="a\\+b"'), [`V6 error ${format}`]],
    ],
    keeps: [['in quotes without', subject('CN="Test User (TestCompany, LLC)",OU=CORP\\x')]],
  },
  'No needless backslashes in the subject': {
    breaks: [['before @', subject('CN={{UserName}}\\@contoso.com'), [`V6 warning ${format}`]]],
    keeps: [['a domain', subject('CN=CORP\\{{UserName}}')]],
  },
  'An on-premises distinguished name that stands alone is the whole subject': {
    breaks: [['alone', subject('CN={{OnPrem_Distinguished_Name}}'), [`V7 information ${format}`]]],
    keeps: [['in quotes', subject('CN="{{OnPrem_Distinguished_Name}}"')]],
  },
  'An on-premises distinguished name beside other parts stands in quotes': {
    breaks: [['bare', subject('CN={{OnPrem_Distinguished_Name}},O=x'), [`V7 warning ${format}`]]],
    keeps: [['in quotes', subject('CN="{{OnPrem_Distinguished_Name}}",O=x')]],
  },
  'The managed device id is no Windows subject': {
    breaks: [['alone', windows({ ...device, subjectNameFormat: 'CN={{DeviceId}}' }), [`V20 warning ${format}`]]],
    keeps: [
      ['with text', windows({ ...device, subjectNameFormat: 'CN={{DeviceId}}-x' })],
      ['elsewhere', set({ ...device, subjectNameFormat: 'CN={{DeviceId}}' })],
    ],
  },
  'No { } | ; in the text of a subject alternative name': {
    breaks: [
      ['semicolon', row('uri', 'https://x/{{UserName}};a'), [`V8 error ${secondRow}`]],
      ['bar', row('upn', 'a|b@c'), [`V8 error ${secondRow}`]],
    ],
    keeps: [['a URI', row('uri', 'https://x/{{UserName}}')]],
  },
  'Rows have the form of their type': {
    breaks: [
      ['mail', row('email', '{{UserName}}'), [`V10 error ${secondRow}`]],
      ['DNS with @', row('dns', '{{DeviceName}}@x'), [`V10 error ${secondRow}`]],
      ['DNS ends with a dot', row('dns', '{{DeviceName}}.'), [`V10 error ${secondRow}`]],
      ['no value', row('upn', ' '), [`V10 error ${secondRow}`]],
      ['never a URI', row('uri', 'no scheme'), [`V10 error ${secondRow}`]],
      ['never an address', row('ip', '10.0.0.256'), [`V10 error ${secondRow}`]],
      ['never ASCII', row('dns', 'münchen.example'), [`V10 error ${secondRow}`]],
    ],
    keeps: [
      ['text and variable', row('email', '{{FullyQualifiedDomainName}}User1@Contoso.com')],
      ['the variable brings the @', row('email', '{{emailaddress}}')],
      ['DNS', row('dns', '{{DeviceName}}')],
    ],
  },
  'A user principal name has an @, and no key before it': {
    breaks: [
      ['no @', row('upn', '{{UserName}}'), [`V10 warning ${secondRow}`]],
      ['a key', row('upn', 'CN={{UserPrincipalName}}'), [`V10 warning ${secondRow}`]],
    ],
    keeps: [['an @', row('upn', '{{UserName}}@contoso.com')]],
  },
  'Some Android Enterprise devices want an alternative name in a device certificate': {
    breaks: [['none', set(device, 'androidEnterprisePersonal'), ['V29 information settings.subjectAlternativeNames']]],
    keeps: [
      ['one', deviceRow('dns', '{{AAD_Device_ID}}.x', 'androidEnterprisePersonal')],
      ['a user', set({}, 'androidEnterprisePersonal')],
    ],
  },
  'A device certificate names no user': {
    breaks: [
      ['in the subject', set({ ...device, subjectNameFormat: 'CN={{UserName}}' }), [`V3 error ${format}`]],
      ['in a row', deviceRow('dns', '{{Department}}.x'), ['V3 error settings.subjectAlternativeNames.0.value']],
    ],
    keeps: [['device variables', set(device)]],
  },
  'The security identifier stands in URI rows, and for devices on Windows': {
    breaks: [
      ['another row', row('upn', '{{OnPremisesSecurityIdentifier}}@x'), [`V9 error ${secondRow}`]],
      ['the subject', subject('CN={{OnPremisesSecurityIdentifier}}'), [`V9 error ${format}`]],
      [
        'a device off Windows',
        deviceRow('uri', '{{OnPremisesSecurityIdentifier}}'),
        ['V9 error settings.subjectAlternativeNames.0.value'],
      ],
    ],
    keeps: [
      ['a Windows device', deviceRow('uri', '{{OnPremisesSecurityIdentifier}}', 'windows10')],
      ['a user anywhere', row('uri', '{{OnPremisesSecurityIdentifier}}')],
    ],
  },
  'Variables that this kind of Android does not offer': {
    breaks: [
      [
        'UserName in a row',
        corporate({ subjectAlternativeNames: ['upn', { type: 'upn', value: '{{UserName}}@x' }] }),
        [`V19 error ${secondRow}`, dedicated],
        { reach: everyone },
      ],
      [
        'AOSP',
        subject('CN={{Department}}', { platform: 'androidOpenSource' }),
        [`V19 error ${format}`],
        { reach: everyone },
      ],
    ],
    keeps: [
      ['UserName in the subject', corporate(), [dedicated], { reach: everyone }],
      ['AOSP', subject('CN={{GivenName}}', { platform: 'androidOpenSource' }), [], { reach: everyone }],
    ],
  },
  'Hardware identifiers on personally-owned work profiles': {
    breaks: [['IMEI', subject('CN={{IMEI}}', { platform: 'androidEnterprisePersonal' }), [`V21 warning ${format}`]]],
    keeps: [['elsewhere', subject('CN={{IMEI}}', { platform: 'ios' })]],
  },
  'User variables on devices without a user': {
    breaks: [
      ['where such devices are usual', corporate(), [`V22 warning ${format}`, dedicated]],
      [
        'with the devices',
        {},
        [`V22 warning settings.subjectNameFormat`],
        { reach: { ...everyone, devicesWithoutUser: { count: 1, names: ['kiosk'] } } },
      ],
    ],
    keeps: [['everybody has one', corporate(), [dedicated], { reach: everyone }]],
  },
  'The fully qualified domain name exists on Windows and Linux': {
    breaks: [['iOS', subject('CN={{FullyQualifiedDomainName}}', { platform: 'ios' }), [`V28 warning ${format}`]]],
    keeps: [['Windows', subject('CN={{FullyQualifiedDomainName}}', { platform: 'windows10' })]],
  },
  'At least one extended key usage': {
    breaks: [['none', set({ extendedKeyUsages: [] }), ['V17 error settings.extendedKeyUsages']]],
    keeps: [['one', set({ extendedKeyUsages: [{ name: 'x', oid: '1.3.6.1.5.5.7.3.2' }] })]],
  },
  'Most certificates need Client Authentication': {
    breaks: [
      ['mail alone', set({ extendedKeyUsages: ['Secure Email'] }), ['V17 information settings.extendedKeyUsages']],
    ],
    keeps: [
      ['both', set({ extendedKeyUsages: ['Secure Email', 'Client Authentication'] })],
      ['any purpose', set({ extendedKeyUsages: ['Any Purpose'] })],
    ],
  },
  'Dedicated devices use the certificate for Wi-Fi, VPN and authentication, not for apps': {
    breaks: [['corporate-owned Android', corporate(), [dedicated], { reach: everyone }]],
    keeps: [['personal work profile', set({}, 'androidEnterprisePersonal')]],
  },
  'Certificate access for specific apps does not reach dedicated devices': {
    breaks: [
      [
        'it does',
        corporate({ certificateAccess: { mode: 'specificApps', apps: ['a.b'] } }),
        ['V24 warning settings.certificateAccess', dedicated],
        { reach: { ...everyone, dedicatedDevices: { count: 1, names: ['kiosk'] } } },
      ],
    ],
    keeps: [
      [
        'none is reached',
        corporate({ certificateAccess: { mode: 'specificApps', apps: ['a.b'] } }),
        [dedicated],
        { reach: everyone },
      ],
      [
        'the user approves',
        corporate(),
        [dedicated],
        { reach: { ...everyone, dedicatedDevices: { count: 1, names: ['kiosk'] } } },
      ],
    ],
  },
  'What a device says of itself can be spoofed': {
    breaks: [
      ['serial number', set({ ...device, subjectNameFormat: 'CN={{Device_Serial}}' }), [`V25 information ${format}`]],
      [
        'FQDN in a row',
        deviceRow('dns', '{{FullyQualifiedDomainName}}'),
        ['V25 information settings.subjectAlternativeNames.0.value'],
      ],
    ],
    keeps: [
      ['the directory’s id', set(device)],
      ['a user certificate', subject('CN={{UserName}},OU={{IMEI}}')],
    ],
  },
  'A Network Policy Server finds the user by the UPN in the subject alternative name': {
    breaks: [
      ['no UPN', set({ subjectAlternativeNames: ['email'] }), ['V26 information settings.subjectAlternativeNames']],
    ],
    keeps: [
      ['a UPN', set({ subjectAlternativeNames: ['upn'] })],
      ['a device', set(device)],
      [
        'no client authentication',
        set({ subjectAlternativeNames: [], extendedKeyUsages: ['Secure Email'] }),
        ['V17 information settings.extendedKeyUsages'],
      ],
    ],
  },
  'A UPN in the subject needs a user on corporate-owned Android': {
    breaks: [
      [
        'reach unknown',
        corporate({ subjectNameFormat: 'CN={{UserPrincipalName}}' }),
        [`V22 warning ${format}`, `V27 warning ${format}`, dedicated],
      ],
      [
        'everybody has one today',
        corporate({ subjectNameFormat: 'CN={{UserPrincipalName}}' }),
        [`V27 warning ${format}`, dedicated],
        { reach: everyone },
      ],
    ],
    keeps: [
      ['in a row', corporate(), [dedicated], { reach: everyone }],
      ['elsewhere', set({}, 'androidEnterprisePersonal')],
    ],
  },
  'A certificate is valid for some time': {
    breaks: [['nothing', set({ certificateValidityPeriod: '0 days' }), [`V11 error ${validity}`]]],
    keeps: [['something', set({ certificateValidityPeriod: '5 days' })]],
  },
  'At most 24 months of validity': {
    breaks: [
      ['25 months', set({ certificateValidityPeriod: { value: 25, unit: 'months' } }), [`V11 warning ${validity}`]],
    ],
    keeps: [['24 months', set({ certificateValidityPeriod: { value: 24, unit: 'months' } })]],
  },
  'At least 5 days of validity': {
    breaks: [['4 days', set({ certificateValidityPeriod: '4 days' }), [`V11 warning ${validity}`]]],
    keeps: [['5 days', set({ certificateValidityPeriod: '5 days' })]],
  },
  'Certificate validity period at most the template’s, and below the issuer’s remaining life': {
    breaks: [
      [
        'above the template',
        set({ certificateValidityPeriod: '731 days' }),
        [`V11 error ${validity}`, `V11 warning ${validity}`],
        { issuer },
      ],
      [
        'the issuer ends first',
        set({ certificateValidityPeriod: '100 days' }),
        [`V11 error ${validity}`],
        { issuer: { ...issuer, issuerNotAfter: now + 100 * day } },
      ],
      [
        'not for a profile to set',
        set({ certificateValidityPeriod: '1 year' }),
        [`V11 error ${validity}`],
        withTemplate({ profileMaySetValidity: false }),
      ],
    ],
    keeps: [
      ['the template’s', set({ certificateValidityPeriod: '730 days' }), [], { issuer }],
      [
        'the issuer ends after',
        set({ certificateValidityPeriod: '100 days' }),
        [],
        { issuer: { ...issuer, issuerNotAfter: now + 101 * day } },
      ],
      [
        'left to the template',
        set({ certificateValidityPeriod: null }),
        [],
        withTemplate({ profileMaySetValidity: false }),
      ],
    ],
  },
  'At least one key usage': {
    breaks: [['none', set({ keyUsage: [] }), ['V12 error settings.keyUsage']]],
    keeps: [['one', set({ keyUsage: 'keyEncipherment' })]],
  },
  'Windows keeps keys of 4096 bits in software only': {
    breaks: [
      ['TPM', windows({ keySize: 4096, keyStorageProvider: 'tpmOtherwiseSoftware' }), ['V13 error settings.keySize']],
    ],
    keeps: [
      ['software', windows({ keySize: 4096, keyStorageProvider: 'software' })],
      ['TPM with 2048', windows({ keyStorageProvider: 'tpmOtherwiseFail' })],
    ],
  },
  'Windows Hello for Business keeps keys of 2048 bits with SHA-2': {
    breaks: [
      [
        'neither',
        windows({ keySize: 4096, hashAlgorithm: 'sha1', keyStorageProvider: 'passportOtherwiseFail' }),
        ['V13 error settings.keySize', 'V13 error settings.hashAlgorithm', 'H1 warning settings.hashAlgorithm'],
      ],
    ],
    keeps: [['both', windows({ keySize: 2048, keyStorageProvider: 'passportOtherwiseFail' })]],
  },
  'Keys of at least 2048 bits': {
    breaks: [['1024', set({ keySize: 1024 }), ['K1 warning settings.keySize']]],
    keeps: [['2048', set({ keySize: 2048 })]],
  },
  'Keys of 3072 bits are ours': {
    breaks: [['3072', set({ keySize: 3072 }), ['K2 information settings.keySize']]],
    keeps: [['4096', set({ keySize: 4096 })]],
  },
  'Key storage that our agent cannot do': {
    breaks: [
      ['the TPM', set({ keyStorage: 'tpm' }), ['K3 information settings.keyStorage']],
      ['a token', set({ keyStorage: 'pkcs11' }), ['K3 information settings.keyStorage']],
    ],
    keeps: [['PEM', set({ keyStorage: 'pem' })]],
  },
  'Keys of 4096 bits need iOS 14 or macOS 11': {
    breaks: [['iOS', set({ keySize: 4096 }, 'ios'), ['K4 information settings.keySize']]],
    keeps: [
      ['2048', set({ keySize: 2048 }, 'ios')],
      ['Linux', set({ keySize: 4096 })],
    ],
  },
  'SHA-1 protects nothing any more': {
    breaks: [['beside SHA-2', windows({ hashAlgorithm: 'sha1,sha2' }), ['H1 warning settings.hashAlgorithm']]],
    keeps: [['SHA-2', windows({ hashAlgorithm: 'sha2' })]],
  },
  'Android Enterprise and AOSP always take the strongest hash algorithm': {
    breaks: [
      [
        'SHA-1 there',
        set({ hashAlgorithm: ['sha1', 'sha2'] }, 'androidEnterprisePersonal'),
        ['H2 information settings.hashAlgorithm'],
      ],
    ],
    keeps: [['SHA-2 there', set({ hashAlgorithm: ['sha2'] }, 'androidEnterprisePersonal')]],
  },
  'Renewal threshold from 1 to 99 percent': {
    breaks: [
      ['100', set({ renewalThreshold: 100 }), ['V14 error settings.renewalThreshold']],
      ['0', set({ renewalThreshold: 0 }), ['V14 error settings.renewalThreshold']],
    ],
    keeps: [
      ['99', set({ renewalThreshold: 99 })],
      ['1', set({ renewalThreshold: 1 })],
    ],
  },
  'SCEP server URLs are absolute; https on Android': {
    breaks: [
      ['relative', url('/scep'), ['V15 error settings.scepServerUrls.0']],
      ['another scheme', url('ftp://x/y'), ['V15 error settings.scepServerUrls.0']],
      ['a password', url('https://a:b@x/y'), ['V15 error settings.scepServerUrls.0']],
      ['a fragment', url('https://x/y#z'), ['V15 error settings.scepServerUrls.0']],
      ...(['androidDeviceAdministrator', 'androidEnterprisePersonal'] as const).map(
        (platform): Case => [
          `http on ${platform}`,
          url('http://x.example/scep', platform),
          ['V15 error settings.scepServerUrls.0'],
        ],
      ),
      [
        'http on androidEnterpriseCorporate',
        corporate({ scepServerUrls: ['http://x.example/scep'] }),
        ['V15 error settings.scepServerUrls.0', dedicated],
        { reach: everyone },
      ],
    ],
    keeps: [
      ['https', url('https://x.example/scep', 'androidEnterprisePersonal')],
      ['none: this server', set({ scepServerUrls: [] }, 'androidEnterprisePersonal')],
      ...(['androidOpenSource', 'ios', 'macos', 'windows81', 'windows10', 'linux'] as const).map(
        (platform): Case => [
          `http on ${platform}`,
          set({ ...device, scepServerUrls: ['http://x.example/scep'] }, platform),
        ],
      ),
    ],
  },
  'http to this machine itself is for trying things out': {
    breaks: [
      [
        'an address of loopback',
        url('http://127.0.0.1:8080/scep', 'androidDeviceAdministrator'),
        ['V15 warning settings.scepServerUrls.0'],
      ],
      [
        'its name',
        url('http://localhost/scep', 'androidEnterprisePersonal'),
        ['V15 warning settings.scepServerUrls.0'],
      ],
    ],
    keeps: [
      ['https', url('https://127.0.0.1/scep', 'androidEnterprisePersonal')],
      ['Linux', url('http://127.0.0.1/scep')],
    ],
  },
  'The user channel of macOS carries user certificates, and a profile keeps its channel': {
    breaks: [
      ['a device certificate', set({ ...device, deploymentChannel: 'user' }, 'macos'), [`V18 error ${channel}`]],
    ],
    keeps: [
      ['a user certificate', set({ deploymentChannel: 'user' }, 'macos')],
      ['no channel is the device channel', set(device, 'macos')],
    ],
  },
  'A macOS profile and its trusted certificate go through one channel': {
    breaks: [
      [
        'the root another way',
        set(device, 'macos'),
        [`V18 warning ${channel}`],
        { root: { certificate: ca, deploymentChannel: 'user' } },
      ],
    ],
    keeps: [['one way', set(device, 'macos'), [], { root: { certificate: ca, deploymentChannel: 'device' } }]],
  },
  'A user certificate on macOS belongs into the login keychain': {
    breaks: [['through the device channel', set({}, 'macos'), [`V18 information ${channel}`]]],
    keeps: [['through the user channel', set({ deploymentChannel: 'user' }, 'macos')]],
  },
  'Apple payloads carry no validity': {
    breaks: [['iOS', set({ certificateValidityPeriod: '1 year' }, 'ios'), [`V23 warning ${validity}`]]],
    keeps: [
      ['left to the template', set({}, 'ios')],
      ['elsewhere', set({ certificateValidityPeriod: '1 year' })],
    ],
  },
  'Authority and certificate template exist': {
    breaks: [['neither', {}, ['A1 error server.certificateTemplate'], { issuer: null }]],
    keeps: [['both', {}, [], { issuer }]],
  },
  'The certificate template allows the key size': {
    breaks: [
      [
        '1024 needs a template',
        set({ keySize: 1024 }),
        ['A2 error settings.keySize', 'K1 warning settings.keySize'],
        { issuer },
      ],
    ],
    keeps: [
      ['4096', set({ keySize: 4096 }), [], { issuer }],
      [
        '1024 where it is allowed',
        set({ keySize: 1024 }),
        ['K1 warning settings.keySize'],
        withTemplate({ keySizes: [1024] }),
      ],
    ],
  },
  'The certificate template allows the hash algorithm': {
    breaks: [
      [
        'SHA-1',
        set({ hashAlgorithm: ['sha1', 'sha2'] }),
        ['A3 error settings.hashAlgorithm', 'H1 warning settings.hashAlgorithm'],
        { issuer },
      ],
    ],
    keeps: [['SHA-2', set({ hashAlgorithm: ['sha2'] }), [], { issuer }]],
  },
  'The certificate template allows the key usage': {
    breaks: [['one too many', {}, ['A4 error settings.keyUsage'], withTemplate({ keyUsages: ['digitalSignature'] })]],
    keeps: [['one', set({ keyUsage: 'digitalSignature' }), [], withTemplate({ keyUsages: ['digitalSignature'] })]],
  },
  'The certificate template allows the extended key usage': {
    breaks: [
      [
        'mail',
        set({ extendedKeyUsages: ['Client Authentication', 'Secure Email'] }),
        ['A5 error settings.extendedKeyUsages.1'],
        { issuer },
      ],
    ],
    keeps: [
      ['client authentication', {}, [], { issuer }],
      [
        'any',
        set({ extendedKeyUsages: ['Client Authentication', 'Secure Email'] }),
        [],
        withTemplate({ extendedKeyUsages: null }),
      ],
    ],
  },
  'The root certificate is the issuer or above it': {
    breaks: [
      ['another authority’s', {}, [`V16 error ${root}`], refersTo(other)],
      ['missing', set({ rootCertificate: null }), [`V16 error ${root}`]],
      ['unknown', set({ rootCertificate: 'nobody' }), [`V16 error ${root}`]],
      ['ambiguous', set({ rootCertificate: 'twice' }), [`V16 error ${root}`]],
      ['of another platform', set({ rootCertificate: 'ios-root' }), [`V16 error ${root}`]],
    ],
    keeps: [
      ['the issuer', {}, [`V16 information ${root}`], refersTo(issuing)],
      ['the root', {}, [`V16 information ${root}`], refersTo(ca)],
      [
        'another certificate of the root',
        {},
        [`V16 information ${root}`],
        refersTo(makeCertificate(now, { notAfter: now + day })),
      ],
      ['of the platform', set({ rootCertificate: 'ios-root' }, 'ios')],
    ],
  },
  'A root of another authority goes with SCEP server URLs of another authority': {
    breaks: [['elsewhere', url('https://x.example/scep'), [`V16 warning ${root}`], refersTo(other)]],
    keeps: [['our own root', url('https://x.example/scep'), [`V16 information ${root}`], refersTo(ca)]],
  },
  'Windows finds the root certificate in what GetCACert answers': {
    breaks: [
      [
        'left out',
        { platform: 'windows10', server: { caCertificates: 'issuer' } },
        [`V16 warning ${root}`, `V16 information ${root}`],
        refersTo(ca),
      ],
    ],
    keeps: [
      ['the chain', { platform: 'windows10' }, [`V16 information ${root}`], refersTo(ca)],
      [
        'the issuer alone',
        { platform: 'windows10', server: { caCertificates: 'issuer' } },
        [`V16 information ${root}`],
        refersTo(issuing),
      ],
    ],
  },
  'The issuer’s certificate and those above it, up to the root, serve alike': {
    breaks: [['the root', {}, [`V16 information ${root}`], refersTo(ca)]],
    keeps: [
      [
        'one and the same',
        {},
        [],
        { issuer: { ...issuer, chain: [ca] }, root: { certificate: ca, deploymentChannel: null } },
      ],
    ],
  },
};

test('every rule has what breaks it and what just keeps it', () => {
  assert.deepEqual(Object.keys(table).sort(), rules.map(({ title }) => title).sort());
  for (const [title, { breaks, keeps }] of Object.entries(table))
    assert.ok(breaks.length > 0 && keeps.length > 0, title);
});

for (const { code, severity, title } of rules)
  describe(`${code} ${severity}: ${title}`, () => {
    const found = (lines: readonly string[]) => lines.some((line) => line.startsWith(`${code} ${severity} `));
    for (const [what, change, expected = [], facts] of table[title]?.breaks ?? [])
      test(`is broken by ${what}`, () => {
        assert.deepEqual(findingLines(change, facts), expected);
        assert.ok(found(expected));
      });
    for (const [what, change, expected = [], facts] of table[title]?.keeps ?? [])
      test(`keeps ${what}`, () => {
        assert.deepEqual(findingLines(change, facts), expected);
        assert.ok(!found(expected));
      });
  });

test('a plain profile has nothing to find', () => assert.deepEqual(findingLines({}, { issuer }), []));
