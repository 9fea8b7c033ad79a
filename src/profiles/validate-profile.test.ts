import assert from 'node:assert/strict';
import { test } from 'node:test';
import { day } from '../lib/clock.ts';
import type { IssuerDescription } from './issuer-facts.ts';
import type { ParseProfileContext } from './parse-profile.ts';
import type { ProfileId } from './profile-id.ts';
import { rules } from './rules/check-profile.ts';
import type { RuleFacts } from './rules/rule.ts';
import type { ScepSettings } from './scep-settings.ts';
import { validateProfile } from './validate-profile.ts';

const now = Date.UTC(2026, 0, 1);

const context: ParseProfileContext = {
  now,
  findTrustedProfile: (reference, platform) => {
    if (reference === 'twice') return { ambiguous: ['twice-1', 'twice-2'] };
    return reference === 'root' || reference === 'ios-root'
      ? { id: 'r' as ProfileId, platform: reference === 'root' ? platform : 'ios' }
      : null;
  },
};

const issuer: IssuerDescription = {
  template: {
    name: 'default',
    maximumValidity: 730,
    profileMaySetValidity: true,
    keySizes: [2048, 4096],
    hashAlgorithms: ['sha2'],
    keyUsages: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
  },
  issuerNotAfter: now + 3650 * day,
  chain: [],
};

type Change = {
  readonly platform?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
};

function documentWith({ settings, ...header }: Change) {
  return {
    kind: 'scep',
    name: 'Wi-Fi',
    platform: 'linux',
    ...header,
    settings: {
      rootCertificate: 'root',
      extendedKeyUsages: ['Client Authentication'],
      subjectNameFormat: 'CN={{UserPrincipalName}}',
      ...settings,
    },
  };
}

function findings(change: Change, facts: Omit<RuleFacts, 'now'> = {}) {
  return validateProfile(documentWith(change), context, () => facts).findings.map(
    ({ rule, severity, path }) => `${rule} ${severity} ${path}`,
  );
}

function settingsOf(change: Change): ScepSettings {
  const { draft, findings: found } = validateProfile(documentWith(change), context);
  if (draft?.kind !== 'scep') assert.fail(JSON.stringify(found));
  return draft.settings;
}

test('a plain profile has nothing to find', () => assert.deepEqual(findings({}, { issuer }), []));

const subject = (subjectNameFormat: string, more: Change = {}): Change => ({
  ...more,
  settings: { subjectNameFormat, ...more.settings },
});
const row = (type: string, value: string, more: Change = {}): Change => ({
  ...more,
  settings: { subjectAlternativeNames: [{ type, value }], ...more.settings },
});
const set = (settings: Change['settings'], platform = 'linux'): Change => ({ platform, ...(settings && { settings }) });

const format = 'settings.subjectNameFormat';
const firstRow = 'settings.subjectAlternativeNames.0.value';
const device = { certificateType: 'device', subjectNameFormat: 'CN={{DeviceName}}' };
const windows = (settings: Readonly<Record<string, unknown>>) => set(settings, 'windows10');
const url = (address: string, platform: string) => set({ scepServerUrls: [address] }, platform);

const nobody = { count: 0, names: [] };
const everyoneHasAUser = { devicesWithoutUser: nobody, dedicatedDevices: nobody };

type Row = readonly [title: string, change: Change, expected: readonly string[], facts?: Omit<RuleFacts, 'now'>];

// For each rule one row that breaks it and one that just keeps it.
const table: readonly Row[] = [
  ['V1 breaks', { name: ' ' }, ['V1 error name']],
  ['V1 keeps', { name: 'a' }, []],
  ['V2 breaks: single braces', subject('CN={UserName}'), [`V2 error ${format}`]],
  ['V2 breaks: never closed', subject('CN={{UserName'), [`V2 error ${format}`]],
  ['V2 breaks in a row', row('uri', 'x:{{UserName}'), [`V2 error ${firstRow}`]],
  ['V2 keeps', subject('CN={{username}}{{USERNAME}}'), []],
  ['V3 breaks', set({ ...device, subjectNameFormat: 'CN={{UserName}}' }), [`V3 error ${format}`]],
  ['V3 breaks in a row', row('dns', '{{Department}}.x', { settings: device }), [`V3 error ${firstRow}`]],
  ['V3 keeps', set(device), []],
  ['V4 breaks', subject('CN={{User Name}}'), [`V4 error ${format}`]],
  ['V4 breaks: zero-width', row('dns', '{{AzureADDeviceId\u200b}}.x'), [`V4 error ${firstRow}`]],
  ['V4 keeps', row('dns', '{{AzureADDeviceId}}.x'), []],
  ['V5 breaks', subject('CN=a,b'), [`V5 error ${format}`]],
  ['V5 breaks: static text too long', subject(`CN=${'a'.repeat(65)}`), [`V5 error ${format}`]],
  ['V5 breaks: country', subject('CN=a,C=Germany'), [`V5 error ${format}`]],
  ['V5 breaks: not printable', subject('CN=a,C=D_'), [`V5 error ${format}`]],
  ['V5 breaks: a variable has no room', subject(`CN=${'a'.repeat(64)}{{UserName}}`), [`V5 error ${format}`]],
  ['V5 breaks: hex where text belongs', subject('CN=#AB'), [`V5 error ${format}`]],
  ['V5 breaks: an attribute twice in one RDN', subject('OU=a+OU=b'), [`V5 error ${format}`]],
  ['V5 keeps', subject(`CN=${'a'.repeat(63)}{{UserName}},C=DE,OU=a+L=b,1.2.3=#AB`), []],
  ['V6 breaks', subject('CN=Test User (TestCompany\\, LLC),OU=X'), [`V6 error ${format}`]],
  ['V6 breaks in quotes', subject('CN="a\\+b"'), [`V6 error ${format}`]],
  ['V6 warns: a backslash before @', subject('CN={{UserName}}\\@contoso.com'), [`V6 warning ${format}`]],
  ['V6 keeps', subject('CN="Test User (TestCompany, LLC)",OU=CORP\\x'), []],
  ['V7 whole', subject('CN={{OnPrem_Distinguished_Name}}'), [`V7 information ${format}`]],
  ['V7 breaks', subject('CN={{OnPrem_Distinguished_Name}},O=x'), [`V7 warning ${format}`]],
  ['V7 keeps', subject('CN="{{OnPrem_Distinguished_Name}}",O=x'), []],
  ['V8 breaks', row('uri', 'https://x/{{UserName}};a'), [`V8 error ${firstRow}`]],
  ['V8 keeps', row('uri', 'https://x/{{UserName}}'), []],
  ['V9 breaks', row('upn', '{{OnPremisesSecurityIdentifier}}@x'), [`V9 error ${firstRow}`]],
  ['V9 breaks in the subject', subject('CN={{OnPremisesSecurityIdentifier}}'), [`V9 error ${format}`]],
  [
    'V9 breaks off Windows',
    row('uri', '{{OnPremisesSecurityIdentifier}}', { settings: device }),
    [`V9 error ${firstRow}`],
  ],
  ['V9 keeps', row('uri', '{{OnPremisesSecurityIdentifier}}', { platform: 'windows10', settings: device }), []],
  ['V10 breaks: mail', row('email', '{{UserName}}'), [`V10 error ${firstRow}`]],
  ['V10 breaks: UPN', row('upn', '{{UserName}}'), [`V10 warning ${firstRow}`]],
  ['V10 breaks: DNS with @', row('dns', '{{DeviceName}}@x'), [`V10 error ${firstRow}`]],
  ['V10 breaks: DNS ends with a dot', row('dns', '{{DeviceName}}.'), [`V10 error ${firstRow}`]],
  ['V10 breaks: no value', row('upn', ' '), [`V10 error ${firstRow}`]],
  ['V10 breaks: never a URI', row('uri', 'no scheme'), [`V10 error ${firstRow}`]],
  ['V10 breaks: never an address', row('ip', '10.0.0.256'), [`V10 error ${firstRow}`]],
  ['V10 breaks: never ASCII', row('dns', 'münchen.example'), [`V10 error ${firstRow}`]],
  ['V10 keeps', row('email', '{{FullyQualifiedDomainName}}User1@Contoso.com'), []],
  ['V10 keeps: the variable brings the @', row('email', '{{emailaddress}}'), []],
  ['V10 keeps: DNS', row('dns', '{{DeviceName}}'), []],
  [
    'V11 breaks: nothing',
    set({ certificateValidityPeriod: '0 days' }),
    ['V11 error settings.certificateValidityPeriod'],
  ],
  [
    'V11 warns: 25 months',
    set({ certificateValidityPeriod: { value: 25, unit: 'months' } }),
    ['V11 warning settings.certificateValidityPeriod'],
  ],
  ['V11 keeps: 24 months', set({ certificateValidityPeriod: { value: 24, unit: 'months' } }), []],
  [
    'V11 warns: 4 days',
    set({ certificateValidityPeriod: '4 days' }),
    ['V11 warning settings.certificateValidityPeriod'],
  ],
  ['V11 keeps: 5 days', set({ certificateValidityPeriod: '5 days' }), []],
  [
    'V11 breaks: above the template',
    set({ certificateValidityPeriod: '731 days' }),
    ['V11 error settings.certificateValidityPeriod', 'V11 warning settings.certificateValidityPeriod'],
    { issuer },
  ],
  ['V11 keeps: the template’s', set({ certificateValidityPeriod: '730 days' }), [], { issuer }],
  [
    'V11 breaks: the issuer ends first',
    set({ certificateValidityPeriod: '100 days' }),
    ['V11 error settings.certificateValidityPeriod'],
    { issuer: { ...issuer, issuerNotAfter: now + 100 * day } },
  ],
  [
    'V11 keeps: the issuer ends after',
    set({ certificateValidityPeriod: '100 days' }),
    [],
    { issuer: { ...issuer, issuerNotAfter: now + 101 * day } },
  ],
  [
    'V11 breaks: not for a profile to set',
    set({ certificateValidityPeriod: '1 year' }),
    ['V11 error settings.certificateValidityPeriod'],
    { issuer: { ...issuer, template: { ...issuer.template, profileMaySetValidity: false } } },
  ],
  [
    'V11 keeps: left to the template',
    set({ certificateValidityPeriod: null }),
    [],
    { issuer: { ...issuer, template: { ...issuer.template, profileMaySetValidity: false } } },
  ],
  ['V12 breaks', set({ keyUsage: [] }), ['V12 error settings.keyUsage']],
  ['V12 keeps', set({ keyUsage: 'keyEncipherment' }), []],
  [
    'V13 breaks',
    windows({ keySize: 4096, keyStorageProvider: 'tpmOtherwiseSoftware' }),
    ['V13 error settings.keySize'],
  ],
  ['V13 keeps', windows({ keySize: 4096, keyStorageProvider: 'software' }), []],
  [
    'V13 breaks: Hello',
    windows({ keySize: 3072, hashAlgorithm: 'sha1', keyStorageProvider: 'passportOtherwiseFail' }),
    ['V13 error settings.keySize', 'V13 error settings.hashAlgorithm'],
  ],
  ['V13 keeps: Hello', windows({ keySize: 2048, keyStorageProvider: 'passportOtherwiseFail' }), []],
  ['K1 warns', set({ keySize: 1024 }), ['K1 warning settings.keySize']],
  ['V14 breaks', set({ renewalThreshold: 100 }), ['V14 error settings.renewalThreshold']],
  ['V14 breaks below', set({ renewalThreshold: 0 }), ['V14 error settings.renewalThreshold']],
  ['V14 keeps', set({ renewalThreshold: 99 }), []],
  ['V15 breaks: relative', url('/scep', 'linux'), ['V15 error settings.scepServerUrls.0']],
  ['V15 breaks: another scheme', url('ftp://x/y', 'linux'), ['V15 error settings.scepServerUrls.0']],
  [
    'V15 breaks: http on Android',
    url('http://x.example/scep', 'androidEnterprisePersonal'),
    ['V15 error settings.scepServerUrls.0'],
  ],
  [
    'V15 warns: loopback on Android',
    url('http://127.0.0.1:8080/scep', 'androidDeviceAdministrator'),
    ['V15 warning settings.scepServerUrls.0'],
  ],
  ['V15 keeps: http elsewhere', url('http://x.example/scep', 'androidOpenSource'), [], { reach: everyoneHasAUser }],
  ['V15 keeps: https', url('https://x.example/scep', 'androidEnterprisePersonal'), []],
  ['V16 breaks: missing', set({ rootCertificate: null }), ['V16 error settings.rootCertificate']],
  ['V16 breaks: unknown', set({ rootCertificate: 'nobody' }), ['V16 error settings.rootCertificate']],
  ['V16 breaks: ambiguous', set({ rootCertificate: 'twice' }), ['V16 error settings.rootCertificate']],
  ['V16 breaks: another platform', set({ rootCertificate: 'ios-root' }), ['V16 error settings.rootCertificate']],
  ['V16 keeps', set({ rootCertificate: 'ios-root' }, 'ios'), []],
  ['V17 breaks: none', set({ extendedKeyUsages: [] }), ['V17 error settings.extendedKeyUsages']],
  [
    'V17 breaks',
    set({ extendedKeyUsages: [{ name: 'x', oid: '1.2.x' }] }),
    ['V17 error settings.extendedKeyUsages.0.oid'],
  ],
  ['V17 keeps', set({ extendedKeyUsages: [{ name: 'x', oid: '1.2.3' }] }), []],
  ['V18 breaks', set({ ...device, deploymentChannel: 'user' }, 'macos'), ['V18 error settings.deploymentChannel']],
  ['V18 keeps', set({ deploymentChannel: 'user' }, 'macos'), []],
  [
    'V18 warns: the root goes another way',
    set({}, 'macos'),
    ['V18 warning settings.deploymentChannel'],
    { root: { certificate: new Uint8Array(), deploymentChannel: 'user' } },
  ],
  [
    'V19 breaks: UserName in a row',
    row('upn', '{{UserName}}@x', { platform: 'androidEnterpriseCorporate' }),
    [`V19 error ${firstRow}`],
    { reach: everyoneHasAUser },
  ],
  [
    'V19 keeps: in the subject',
    subject('CN={{UserName}}', { platform: 'androidEnterpriseCorporate' }),
    [],
    { reach: everyoneHasAUser },
  ],
  [
    'V19 breaks: AOSP',
    subject('CN={{Department}}', { platform: 'androidOpenSource' }),
    [`V19 error ${format}`],
    { reach: everyoneHasAUser },
  ],
  ['V19 keeps: AOSP', subject('CN={{GivenName}}', { platform: 'androidOpenSource' }), [], { reach: everyoneHasAUser }],
  [
    'V20 warns',
    subject('CN={{DeviceId}}', { platform: 'windows10', settings: { certificateType: 'device' } }),
    [`V20 warning ${format}`],
  ],
  ['V20 keeps', subject('CN={{DeviceId}}-x', { platform: 'windows10', settings: { certificateType: 'device' } }), []],
  ['V21 warns', subject('CN={{IMEI}}', { platform: 'androidEnterprisePersonal' }), [`V21 warning ${format}`]],
  ['V21 keeps', subject('CN={{IMEI}}', { platform: 'ios' }), []],
  ['V22 warns', subject('CN={{UserName}}', { platform: 'androidEnterpriseCorporate' }), [`V22 warning ${format}`]],
  [
    'V22 warns with the devices',
    subject('CN={{UserName}}'),
    [`V22 warning ${format}`],
    { reach: { ...everyoneHasAUser, devicesWithoutUser: { count: 1, names: ['kiosk'] } } },
  ],
  [
    'V22 keeps',
    subject('CN={{UserName}}', { platform: 'androidEnterpriseCorporate' }),
    [],
    { reach: everyoneHasAUser },
  ],
  [
    'V23 warns',
    set({ certificateValidityPeriod: '1 year' }, 'ios'),
    ['V23 warning settings.certificateValidityPeriod'],
  ],
  ['V23 keeps', set({}, 'ios'), []],
  ['V28 warns', subject('CN={{FullyQualifiedDomainName}}', { platform: 'ios' }), [`V28 warning ${format}`]],
  ['V28 keeps', subject('CN={{FullyQualifiedDomainName}}', { platform: 'windows10' }), []],
  ['A1 breaks', {}, ['A1 error server.certificateTemplate'], { issuer: null }],
  ['A2 breaks', set({ keySize: 3072 }), ['A2 error settings.keySize'], { issuer }],
  ['A2 keeps', set({ keySize: 4096 }), [], { issuer }],
  ['A3 breaks', set({ hashAlgorithm: ['sha1', 'sha2'] }), ['A3 error settings.hashAlgorithm'], { issuer }],
  [
    'A4 breaks',
    {},
    ['A4 error settings.keyUsage'],
    { issuer: { ...issuer, template: { ...issuer.template, keyUsages: ['digitalSignature'] } } },
  ],
  ['A5 breaks', set({ extendedKeyUsages: ['Secure Email'] }), ['A5 error settings.extendedKeyUsages.0'], { issuer }],
  [
    'A5 keeps: any',
    set({ extendedKeyUsages: ['Secure Email'] }),
    [],
    { issuer: { ...issuer, template: { ...issuer.template, extendedKeyUsages: null } } },
  ],
  [
    'a setting the platform lacks',
    set({ hashAlgorithm: ['sha2'] }, 'ios'),
    ['not-on-this-platform error settings.hashAlgorithm'],
  ],
  [
    'an IP row off Linux',
    row('ip', '10.0.0.1', { platform: 'windows10' }),
    ['not-on-this-platform error settings.subjectAlternativeNames.0.type'],
  ],
  ['an IP row on Linux', row('ip', '10.0.0.1'), []],
  ['an unknown setting', set({ keySizes: 2048 }), ['unknown-field error settings.keySizes']],
  ['an unknown field', { colour: 'red' }, ['unknown-field error colour']],
  [
    'an unknown server option',
    { server: { renewal: { window: 'later' }, x: 1 } },
    ['unknown-value error server.renewal.window', 'unknown-field error server.x'],
  ],
  [
    'a wrong type',
    set({ keySize: '2048', renewalThreshold: 'x' }),
    ['unknown-value error settings.keySize', 'wrong-type error settings.renewalThreshold'],
  ],
  ['a bad slug', { slug: 'No Slug' }, ['slug error slug']],
  [
    'a bad assignment',
    { assignments: [{ include: { group: 'A' }, exclude: 'allUsers' }, { include: 'x' }] },
    ['wrong-type error assignments.0', 'wrong-type error assignments.1.include'],
  ],
];

for (const [title, change, expected, facts] of table)
  test(`rules: ${title}`, () => assert.deepEqual(findings(change, facts), expected));

test('every rule has a row that breaks it', () => {
  const broken = new Set(table.flatMap(([, , expected]) => expected.map((line) => line.split(' ')[0])));
  assert.deepEqual(
    rules.filter(({ code }) => !broken.has(code)).map(({ code }) => code),
    [],
  );
});

test('V6 previews both mends', () => {
  const fix = (text: string) => validateProfile(documentWith(subject(text)), context).findings[0]?.fix ?? '';
  assert.match(
    fix('CN=Test User (TestCompany\\, LLC),OU=X'),
    /CN="Test User \(TestCompany, LLC\)",OU=X — .*: CN=Test User \(TestCompany LLC\),OU=X$/,
  );
  assert.match(fix('OU=a\\+b+CN="x\\=y"'), /OU="a\+b"\+CN="x=y" — .*: OU=ab\+CN="xy"$/);
});

test('V5 quotes a value that its commas tore apart', () => {
  const fix = (text: string) => validateProfile(documentWith(subject(text)), context).findings[0]?.fix ?? null;
  assert.equal(
    fix('CN={{UserName}},O=Alder, Finch; Sons + Co,C=GB'),
    'Put the value in quotes: CN={{UserName}},O="Alder, Finch; Sons + Co",C=GB',
  );
  assert.equal(fix('CN="a, b",O=c, d'), 'Put the value in quotes: CN="a, b",O="c, d"');
  for (const unmendable of ['Alder, Finch', 'CN=a,XX=b, c', 'CN=a,=b']) assert.equal(fix(unmendable), null);
});

test('findings about a text say where in it', () => {
  const offset = (text: string) => validateProfile(documentWith(subject(text)), context).findings[0]?.offset;
  assert.equal(offset('CN=a,OU={{Nobody}}'), 10);
  assert.equal(offset('CN=a,b'), 5);
  assert.equal(offset('CN=a, b\\, c'), 7);
  assert.equal(offset('CN=a,C=Germany'), 5);
});

test('a hidden character is named and mended, also as a wrong decoding shows it', () => {
  for (const name of ['AzureADDeviceId\u200b', 'AzureADDeviceIdâ€‹', '\ufeffAzureADDeviceId']) {
    const [finding] = validateProfile(documentWith(row('dns', `{{${name}}}.domain.com`)), context).findings;
    assert.equal(finding?.fix, 'Write: {{AAD_Device_ID}}.domain.com');
    assert.match(finding?.detail ?? '', /invisible character/);
  }
});

test('the defaults of the seed', () => {
  const { settings } = { settings: settingsOf({ platform: 'windows10', settings: { subjectNameFormat: null } }) };
  assert.equal(settings.subjectNameFormat, 'CN={{UserName}},E={{EmailAddress}}');
  assert.deepEqual(
    [settings.certificateType, settings.keySize, settings.renewalThreshold, settings.certificateValidityPeriod],
    ['user', 2048, 20, { value: 1, unit: 'years' }],
  );
  assert.equal(settings.server.challengeLifetime, 60);
  assert.deepEqual('hashAlgorithm' in settings && settings.hashAlgorithm, ['sha2']);
  assert.equal(settingsOf({ platform: 'ios' }).certificateValidityPeriod, null);
  assert.equal(
    settingsOf({ settings: { certificateType: 'device', subjectNameFormat: '' } }).subjectNameFormat,
    'CN={{AAD_Device_ID}}',
  );
});

test('the values of the old dropdown stand for their text', () => {
  const of = (subjectNameFormat: string) => settingsOf({ settings: { subjectNameFormat } }).subjectNameFormat;
  assert.equal(of('Not configured'), 'CN={{UserName}},E={{EmailAddress}}');
  assert.equal(of('Common name'), 'CN={{UserName}}');
  assert.equal(of('commonNameIncludingEmail'), 'CN={{UserName}},E={{EmailAddress}}');
  assert.equal(of('Common name as email'), 'CN={{EmailAddress}}');
  assert.equal(of('commonNameAsIMEI'), 'CN={{IMEI}}');
  assert.equal(of('Serial number'), 'CN={{SerialNumber}}');
});

test('rows, usages, assignments and access in the spellings that are taken', () => {
  const { draft } = validateProfile(
    documentWith({
      platform: 'androidEnterpriseCorporate',
      assignments: [{ include: { group: 'Sales' } }, { exclude: { user: 'a@b' } }, { include: 'allDevices' }],
      settings: {
        subjectAlternativeNames: ['upn', { type: 'emailAddress', value: 'a@b' }],
        extendedKeyUsages: ['clientAuthentication', '1.2.3', { oid: '1.3.6.1.5.5.7.3.4' }, '1.2.3'],
        keyUsage: 'keyEncipherment,digitalSignature',
        certificateAccess: { mode: 'specificApps', apps: ['com.example.vpn'] },
      },
    }),
    context,
  );
  assert.ok(draft?.kind === 'scep');
  const { settings } = draft;
  assert.deepEqual(settings.subjectAlternativeNames, [
    { type: 'upn', value: '{{UserPrincipalName}}' },
    { type: 'email', value: 'a@b' },
  ]);
  assert.deepEqual(
    settings.extendedKeyUsages.map(({ name }) => name),
    ['Client Authentication', '1.2.3', 'Secure Email'],
  );
  assert.deepEqual(settings.keyUsage, ['digitalSignature', 'keyEncipherment']);
  assert.deepEqual('certificateAccess' in settings && settings.certificateAccess, {
    mode: 'specificApps',
    apps: ['com.example.vpn'],
  });
  assert.deepEqual(draft.assignments, [
    { mode: 'include', target: { kind: 'group', name: 'Sales' } },
    { mode: 'exclude', target: { kind: 'user', userPrincipalName: 'a@b' } },
    { mode: 'include', target: { kind: 'allDevices' } },
  ]);
});

test('what is no document at all is a finding', () => {
  for (const input of [null, 'text', [], 7]) {
    const { draft, findings: found } = validateProfile(input, context);
    assert.equal(draft, null);
    assert.equal(found[0]?.rule, 'wrong-type');
  }
  assert.equal(validateProfile({ kind: 'scep', platform: 'amiga', name: 'x' }, context).draft, null);
});

test('10,000 rows and a template of 1 MB are answered quickly', () => {
  const rows = Array.from({ length: 10_000 }, () => ({ type: 'dns', value: 'a' }));
  assert.deepEqual(findings(set({ subjectAlternativeNames: rows })), ['V15 error settings.subjectAlternativeNames']);
  const started = performance.now();
  findings(subject(`CN=${'{{UserName}}'.repeat(90_000)}`));
  findings(subject('{'.repeat(1_000_000)));
  findings(subject(`CN="${'""'.repeat(500_000)}"`));
  assert.ok(performance.now() - started < 5000);
});
