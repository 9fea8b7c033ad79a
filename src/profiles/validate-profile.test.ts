import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  findingLines,
  type ProfileChange,
  profileContext,
  profileDocumentWith,
  profileFindings,
  profileSettings,
} from '../../test/support/profile-fixture.ts';
import { validateProfile } from './validate-profile.ts';

const subject = (subjectNameFormat: string, more: ProfileChange = {}): ProfileChange => ({
  ...more,
  settings: { subjectNameFormat, ...more.settings },
});
const row = (type: string, value: string, more: ProfileChange = {}): ProfileChange => ({
  ...more,
  settings: { subjectAlternativeNames: [{ type, value }, 'upn'], ...more.settings },
});
const set = (settings: ProfileChange['settings'], platform = 'linux'): ProfileChange => ({
  platform,
  ...(settings && { settings }),
});

const shapes: readonly (readonly [title: string, change: ProfileChange, expected: readonly string[]])[] = [
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

for (const [title, change, expected] of shapes)
  test(`what a document cannot say: ${title}`, () => assert.deepEqual(findingLines(change), expected));

/** What the first finding about the subject offers. */
function mends(text: string) {
  return (profileFindings(subject(text))[0]?.mends ?? []).map(({ text, preview }) => [text, preview]);
}

test('V6 offers the seed’s two ways out, each with the name that comes of it', () => {
  assert.deepEqual(mends('CN=Test User (TestCompany\\, LLC),OU=UserAccounts,DC=corp,DC=contoso,DC=com'), [
    [
      'CN="Test User (TestCompany, LLC)",OU=UserAccounts,DC=corp,DC=contoso,DC=com',
      'CN="Test User (TestCompany, LLC)", OU=UserAccounts, DC=corp, DC=contoso, DC=com',
    ],
    [
      'CN=Test User (TestCompany LLC),OU=UserAccounts,DC=corp,DC=contoso,DC=com',
      'CN=Test User (TestCompany LLC), OU=UserAccounts, DC=corp, DC=contoso, DC=com',
    ],
  ]);
  assert.deepEqual(mends('OU=a\\+b+CN="x\\=y"'), [
    ['OU="a+b"+CN="x=y"', 'OU="a+b" + CN="x=y"'],
    ['OU=ab+CN="xy"', 'OU=ab + CN=xy'],
  ]);
  for (const [character, index] of [...'+,;='].map((character, i) => [character, i] as const))
    assert.deepEqual(
      mends(`CN={{username}}\\${character}${index}`)[0],
      [`CN="{{username}}${character}${index}"`, `CN="{{UserName}}${character}${index}"`],
      character,
    );
  assert.deepEqual(mends('CN=\\,'), [['CN=","', 'CN=","']], 'without the character nothing would be left');
  assert.deepEqual(mends('CN=a\\,b,nonsense'), [], 'there is more wrong than the backslash');
});

test('V5 quotes a value that its commas tore apart, and straightens curly quotes', () => {
  const first = (text: string) => mends(text)[0]?.[0] ?? null;
  assert.equal(
    first('CN={{UserName}},O=Alder, Finch; Sons + Co,C=GB'),
    'CN={{UserName}},O="Alder, Finch; Sons + Co",C=GB',
  );
  assert.equal(first('CN="a, b",O=c, d'), 'CN="a, b",O="c, d"');
  assert.equal(first('CN={{UserName}},O=“Alder, Finch”'), 'CN={{UserName}},O="Alder, Finch"');
  for (const unmendable of ['Alder, Finch', 'CN=a,XX=b, c', 'CN=a,=b']) assert.equal(first(unmendable), null);
});

test('other texts are mended too', () => {
  assert.deepEqual(mends('CN={{UserName}}\\@contoso.com'), [
    ['CN={{UserName}}@contoso.com', 'CN={{UserName}}@contoso.com'],
  ]);
  assert.deepEqual(mends('CN={{OnPrem_Distinguished_Name}},O=x'), [
    ['CN="{{OnPrem_Distinguished_Name}}",O=x', 'CN={{OnPrem_Distinguished_Name}}, O=x'],
  ]);
  assert.deepEqual(mends('CN={UserName},OU={{Device Name}}'), [
    ['CN={{UserName}},OU={{DeviceName}}', 'CN={{UserName}}, OU={{DeviceName}}'],
  ]);
  assert.deepEqual(mends('CN={{UserName}},L=MÃ¼nchen\u200b'), [
    ['CN={{UserName}},L=München', 'CN={{UserName}}, L=München'],
  ]);
});

test('findings about a text say where in it', () => {
  const offset = (text: string) =>
    validateProfile(profileDocumentWith(subject(text)), profileContext).findings[0]?.offset;
  assert.equal(offset('CN=a,OU={{Nobody}}'), 10);
  assert.equal(offset('CN=a,b'), 5);
  assert.equal(offset('CN=a, b\\, c'), 7);
  assert.equal(offset('CN=a,C=Germany'), 5);
});

test('a hidden character in a variable is named by its code point and mended, also as a wrong decoding shows it', () => {
  for (const [name, shown] of [
    ['AzureADDeviceId\u200b', /U\+200B \(zero width space\)/],
    ['AzureADDeviceIdâ€‹', /“â€‹” \(U\+200B, wrongly decoded\)/],
    ['AzureADDeviceId\u00e2\u20ac\u008b', /U\+200B, wrongly decoded/],
    ['\ufeffAzureADDeviceId', /U\+FEFF \(byte order mark\)/],
    ['ï»¿AzureADDeviceId', /U\+FEFF, wrongly decoded/],
  ] as const) {
    const [finding] = profileFindings(row('dns', `{{${name}}}.domain.com`));
    assert.equal(finding?.rule, 'V4');
    assert.deepEqual(
      finding.mends?.map(({ text, preview }) => [text, preview]),
      [['{{AzureADDeviceId}}.domain.com', '{{AAD_Device_ID}}.domain.com']],
    );
    assert.match(finding.detail, shown);
  }
});

test('a variable that is only nearly one is asked about, and mended by nobody', () => {
  const [near] = profileFindings(
    subject('CN={{DeviceNmae}}', { settings: { certificateType: 'device', subjectAlternativeNames: [] } }),
  );
  assert.equal(near?.detail, 'There is no variable {{DeviceNmae}}. Did you mean {{DeviceName}}? (character 6)');
  assert.equal(near?.mends, undefined);
  const [far] = profileFindings(
    subject('CN={{Colour}}', { settings: { certificateType: 'device', subjectAlternativeNames: [] } }),
  );
  assert.equal(far?.detail, 'There is no variable {{Colour}}. (character 6)');
});

test('what breaks a bound says what to write instead, once', () => {
  const bounds: readonly (readonly [change: ProfileChange, path: string])[] = [
    [set({ renewalThreshold: 100 }), 'settings.renewalThreshold'],
    [set({ certificateValidityPeriod: '0 days' }), 'settings.certificateValidityPeriod'],
    [set({ extendedKeyUsages: ['Client Authentication', 'Nope'] }), 'settings.extendedKeyUsages.1'],
    [set({ rootCertificate: 'nope' }), 'settings.rootCertificate'],
  ];
  for (const [change, path] of bounds) {
    const errors = profileFindings(change).filter(({ severity }) => severity === 'error');
    assert.deepEqual(
      errors.map((finding) => [finding.path, finding.fix !== null]),
      [[path, true]],
    );
  }
  const apps = Array.from({ length: 51 }, (_, i) => `com.example.app${i}`);
  const access = set({ certificateAccess: { mode: 'specificApps', apps } }, 'androidEnterpriseCorporate');
  assert.deepEqual(
    findingLines(access).filter((line) => line.includes('error')),
    ['V15 error settings.certificateAccess.apps'],
  );
});

test('the defaults of the seed', () => {
  const { settings } = { settings: profileSettings({ platform: 'windows10', settings: { subjectNameFormat: null } }) };
  assert.equal(settings.subjectNameFormat, 'CN={{UserName}},E={{EmailAddress}}');
  assert.deepEqual(
    [settings.certificateType, settings.keySize, settings.renewalThreshold, settings.certificateValidityPeriod],
    ['user', 2048, 20, { value: 1, unit: 'years' }],
  );
  assert.equal(settings.server.challengeLifetime, 60);
  assert.deepEqual('hashAlgorithm' in settings && settings.hashAlgorithm, ['sha2']);
  assert.equal(profileSettings({ platform: 'ios' }).certificateValidityPeriod, null);
  assert.equal(
    profileSettings({ settings: { certificateType: 'device', subjectNameFormat: '', subjectAlternativeNames: [] } })
      .subjectNameFormat,
    'CN={{AAD_Device_ID}}',
  );
});

test('the values of the old dropdown stand for their text', () => {
  const of = (subjectNameFormat: string) => profileSettings({ settings: { subjectNameFormat } }).subjectNameFormat;
  assert.equal(of('Not configured'), 'CN={{UserName}},E={{EmailAddress}}');
  assert.equal(of('Common name'), 'CN={{UserName}}');
  assert.equal(of('commonNameIncludingEmail'), 'CN={{UserName}},E={{EmailAddress}}');
  assert.equal(of('Common name as email'), 'CN={{EmailAddress}}');
  assert.equal(of('commonNameAsIMEI'), 'CN={{IMEI}}');
  assert.equal(of('Serial number'), 'CN={{SerialNumber}}');
  assert.equal(of('IMEI (International Mobile Equipment Identity)'), 'CN={{IMEI}}');
  assert.equal(of('commonNameAsSerialNumber'), 'CN={{SerialNumber}}');
  assert.equal(of('commonNameAsAadDeviceId'), 'CN={{AAD_Device_ID}}');
  assert.equal(of('commonNameAsIntuneDeviceId'), 'CN={{DeviceId}}');
});

test('a value of the dropdown without a text says so', () => {
  const [durable] = profileFindings(subject('commonNameAsDurableDeviceId'));
  assert.deepEqual(
    [durable?.rule, durable?.severity, durable?.path, durable?.mends?.map(({ text }) => text)],
    ['no-equivalent', 'error', 'settings.subjectNameFormat', ['CN={{AAD_Device_ID}}', 'CN={{DeviceId}}']],
  );
  assert.deepEqual(findingLines(subject('Custom')), ['no-equivalent error settings.subjectNameFormat']);
});

test('the seed’s check boxes need no value in a user certificate; a device certificate has a table', () => {
  const of = (subjectAlternativeNames: unknown, certificateType = 'user') =>
    findingLines(set({ certificateType, subjectNameFormat: 'CN={{AAD_Device_ID}}', subjectAlternativeNames }));
  assert.deepEqual(of(['emailAddress', { type: 'upn' }]), []);
  assert.deepEqual(of(['upn', { type: 'dns' }]), ['V10 error settings.subjectAlternativeNames.1.value']);
  assert.deepEqual(of(['upn', { type: 'upn', value: '' }]), ['V10 error settings.subjectAlternativeNames.1.value']);
  assert.deepEqual(of([{ type: 'upn' }], 'device'), ['V10 error settings.subjectAlternativeNames.0.value']);
});

test('rows, usages, assignments and access in the spellings that are taken', () => {
  const { draft } = validateProfile(
    profileDocumentWith({
      platform: 'androidEnterpriseCorporate',
      assignments: [{ include: { group: 'Sales' } }, { exclude: { user: 'a@b' } }, { include: 'allDevices' }],
      settings: {
        subjectAlternativeNames: ['upn', { type: 'emailAddress', value: 'a@b' }],
        extendedKeyUsages: ['clientAuthentication', '1.2.3', { oid: '1.3.6.1.5.5.7.3.4' }, '1.2.3'],
        keyUsage: 'keyEncipherment,digitalSignature',
        certificateAccess: { mode: 'specificApps', apps: ['com.example.vpn'] },
      },
    }),
    profileContext,
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
    const { draft, findings: found } = validateProfile(input, profileContext);
    assert.equal(draft, null);
    assert.equal(found[0]?.rule, 'wrong-type');
  }
  assert.equal(validateProfile({ kind: 'scep', platform: 'amiga', name: 'x' }, profileContext).draft, null);
});

test('10,000 rows, a template of 1 MB and braces without end are answered at once, with one finding each', () => {
  const started = performance.now();
  const rows = Array.from({ length: 10_000 }, () => ({ type: 'dns', value: 'a|b' }));
  assert.deepEqual(findingLines(set({ subjectAlternativeNames: rows })).slice(0, 1), [
    'V15 error settings.subjectAlternativeNames',
  ]);
  for (const text of [
    `CN=${'{{UserName}}'.repeat(90_000)}`,
    '{'.repeat(1_000_000),
    `CN="${'""'.repeat(500_000)}"`,
    `CN=${'\\,'.repeat(500_000)}`,
  ]) {
    assert.deepEqual(findingLines(subject(text)), ['too-long error settings.subjectNameFormat']);
    assert.deepEqual(findingLines(row('dns', text)), ['too-long error settings.subjectAlternativeNames.0.value']);
  }
  assert.deepEqual(findingLines({ name: 'x'.repeat(1_000_000) }), ['too-long error name']);
  assert.ok(performance.now() - started < 2000);
  for (const longest of ['{', '\\,', 'CN=“', '{{a', ' ', 'a+', '{{UserName\u200b}}'].map((part) =>
    part.repeat(Math.floor(8192 / part.length)),
  )) {
    const before = performance.now();
    findingLines(subject(longest));
    assert.ok(performance.now() - before < 1000, longest.slice(0, 9));
  }
});

test('every platform has its own settings and refuses the others’', () => {
  const own: Readonly<Record<string, readonly string[]>> = {
    androidDeviceAdministrator: ['hashAlgorithm'],
    androidEnterpriseCorporate: ['hashAlgorithm', 'certificateAccess'],
    androidEnterprisePersonal: ['hashAlgorithm'],
    androidOpenSource: ['hashAlgorithm'],
    ios: [],
    macos: ['deploymentChannel'],
    windows81: ['hashAlgorithm', 'keyStorageProvider'],
    windows10: ['hashAlgorithm', 'keyStorageProvider'],
    linux: ['hashAlgorithm', 'certificateAccess', 'keyStorage'],
  };
  const values = {
    hashAlgorithm: ['sha2'],
    certificateAccess: 'userApproval',
    deploymentChannel: 'device',
    keyStorageProvider: 'software',
    keyStorage: 'pem',
  };
  for (const [platform, names] of Object.entries(own))
    for (const [name, value] of Object.entries(values)) {
      const refused = findingLines(set({ [name]: value }, platform)).filter((line) => line.includes('error'));
      const expected = names.includes(name) ? [] : [`not-on-this-platform error settings.${name}`];
      assert.deepEqual(refused, expected, `${name} on ${platform}`);
      assert.equal(name in profileSettings({ platform }), names.includes(name), `${name} on ${platform}`);
    }
  const passport = (platform: string) => findingLines(set({ keyStorageProvider: 'passportOtherwiseFail' }, platform));
  assert.deepEqual(passport('windows81'), ['not-on-this-platform error settings.keyStorageProvider']);
  assert.deepEqual(passport('windows10'), []);
  assert.ok('deploymentChannel' in profileSettings({ platform: 'macos' }));
});
