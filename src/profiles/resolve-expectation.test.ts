import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeDevice, makeUser } from '../../test/support/make-facts.ts';
import type { Device } from '../directory/device.ts';
import type { User } from '../directory/user.ts';
import { readCsv } from '../formats/csv/read-csv.ts';
import { decodeName } from '../formats/x509/name.ts';
import { fromBase64 } from '../lib/bytes.ts';
import type { ExpectationResult } from './expectation.ts';
import { encodeX500String } from './name/encode-x500-string.ts';
import { defaultServerOptions } from './parse-server-options.ts';
import { parseSettingsTemplates } from './parse-settings-templates.ts';
import type { ProfileId } from './profile-id.ts';
import { resolveExpectation } from './resolve-expectation.ts';
import type { ScepSettings } from './scep-settings.ts';
import { variables } from './variable.ts';

function user(facts: Partial<User>): User {
  return makeUser({ id: 'u' as User['id'], userPrincipalName: 'jane.doe@alderfinch.example', ...facts });
}

function device(facts: Partial<Device>): Device {
  return makeDevice({
    id: 'd' as Device['id'],
    deviceName: 'AF-WIN-001',
    platform: 'windows10',
    enrolledAt: null,
    registeredAt: null,
    ...facts,
  });
}

type Given = Partial<
  Pick<
    ScepSettings,
    'certificateType' | 'subjectNameFormat' | 'subjectAlternativeNames' | 'certificateValidityPeriod' | 'server'
  >
>;

function settings(given: Given): ScepSettings {
  return {
    platform: 'ios',
    certificateType: 'user',
    subjectNameFormat: 'CN={{UserName}}',
    subjectAlternativeNames: [],
    certificateValidityPeriod: { value: 1, unit: 'years' },
    keyUsage: ['digitalSignature'],
    keySize: 2048,
    rootCertificate: 'root' as ProfileId,
    extendedKeyUsages: [{ name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' }],
    renewalThreshold: 20,
    scepServerUrls: [],
    server: defaultServerOptions('ios'),
    ...given,
  };
}

function nameOf(result: ExpectationResult): unknown {
  if (result.kind === 'failed') assert.fail(`${result.failure.code}: ${result.failure.detail}`);
  return decodeName(fromBase64(result.expectation.subject) ?? new Uint8Array()).map((rdn) =>
    rdn.map(({ type, value }) => [type, value]),
  );
}

function failureOf(result: ExpectationResult) {
  if (result.kind !== 'failed') assert.fail(`resolved to ${result.expectation.subjectText}`);
  return result.failure;
}

function subject(format: string, facts: Partial<User>) {
  return resolveExpectation(settings({ subjectNameFormat: format }), { user: user(facts), device: device({}) });
}

test('the example of the seed', () => {
  const result = subject('CN={{UserName}},E={{EmailAddress}},OU=Mobile,O=Finance Group,L=Redmond,ST=Washington,C=US', {
    userName: 'janedoe',
    emailAddress: 'janedoe@contoso.com',
  });
  assert.equal(
    result.kind === 'resolved' && result.expectation.subjectText,
    'CN=janedoe, E=janedoe@contoso.com, OU=Mobile, O=Finance Group, L=Redmond, S=Washington, C=US',
  );
});

test('text around a variable and aliases in any case', () => {
  const facts = { user: null, device: device({ deviceName: 'Device1', entraDeviceId: 'guid', imei: '35' }) };
  const of = (format: string) => {
    const result = resolveExpectation(settings({ certificateType: 'device', subjectNameFormat: format }), facts);
    return result.kind === 'resolved' ? result.expectation.subjectText : result.failure.detail;
  };
  assert.equal(of('CN={{DeviceName}}Device1'), 'CN=Device1Device1');
  assert.equal(of('CN={{azureaddeviceid}}-{{IMEINUMBER}}'), 'CN=guid-35');
});

// Awkward people of the sample organisation: each gets a name of exactly two RDNs, or the one true reason.
const awkward: readonly (readonly [name: string, failure: string | null])[] = [
  ['Test User (TestCompany, LLC)', null],
  ['Dev+Ops Contractor', null],
  ['Night; Shift', null],
  ['A=B Account', null],
  ['Robert "Bob" Hale', null],
  ['Lab\\Bench', null],
  ['#1 Support', null],
  ['Curly {Brace} User', null],
  ['José Núñez', null],
  ['李 小龍', null],
  [' blanks ', null],
  ['{{DeviceName}}', null],
  ['a", OU="Domain Admins', null],
  ['Bartholomew-Maximilian Featherstonehaugh-Cholmondeley of Alder and Finch Holdings', 'common-name-too-long'],
];

for (const [displayName, failure] of awkward)
  for (const format of ['CN={{UserName}},OU=Sales', 'CN="{{UserName}}",OU=Sales', 'CN=x{{UserName}};OU=Sales'])
    test(`${format} with ${displayName}`, () => {
      const result = subject(format, { userName: displayName });
      if (failure !== null) return assert.equal(failureOf(result).code, failure);
      const value = format.includes('x{{') ? `x${displayName}` : displayName;
      assert.deepEqual(nameOf(result), [[['2.5.4.3', value]], [['2.5.4.11', 'Sales']]]);
      // The text form says the same when it is read again.
      assert.ok(result.kind === 'resolved');
      const again = encodeX500String(result.expectation.subjectText);
      assert.ok(again.ok);
      assert.deepEqual(
        again.name.map((rdn) => rdn.map((part) => [part.type, part.value])),
        nameOf(result),
      );
    });

test('every distinguished name of the sample organisation becomes a subject, or fails for its length', () => {
  const csv = readFileSync(new URL('../../examples/sample-org/users.csv', import.meta.url), 'utf8');
  const [header, ...people] = [...readCsv(csv)].map(({ fields }) => fields.map(({ text }) => text));
  const column = header?.indexOf('onPremisesDistinguishedName') ?? -1;
  const names = people.flatMap((fields) => (fields[column] ? [fields[column]] : []));
  assert.ok(names.length >= 40);
  let tooLong = 0;
  for (const onPremisesDistinguishedName of names) {
    const result = subject('CN={{OnPrem_Distinguished_Name}}', { onPremisesDistinguishedName });
    if (result.kind === 'failed') {
      assert.equal(result.failure.code, 'common-name-too-long', onPremisesDistinguishedName);
      tooLong++;
      continue;
    }
    const name = decodeName(fromBase64(result.expectation.subject) ?? new Uint8Array());
    assert.equal(name[0]?.[0]?.type, '2.5.4.3', 'leaf first, as it is written');
    assert.equal(name.at(-1)?.[0]?.value, 'example');
  }
  assert.equal(tooLong, 1);
});

test('an unquoted on-premises distinguished name is the whole name, a quoted one a common name', () => {
  const facts = { onPremisesDistinguishedName: 'CN=Test User (TestCompany\\, LLC),OU=UserAccounts,DC=corp' };
  const whole = [
    [['2.5.4.3', 'Test User (TestCompany, LLC)']],
    [['2.5.4.11', 'UserAccounts']],
    [['0.9.2342.19200300.100.1.25', 'corp']],
  ];
  assert.deepEqual(nameOf(subject('CN={{OnPrem_Distinguished_Name}}', facts)), whole);
  assert.deepEqual(nameOf(subject(' cn = {{onprem_distinguished_name}} ', facts)), whole);
  const one = [[['2.5.4.3', facts.onPremisesDistinguishedName]]];
  assert.deepEqual(nameOf(subject('CN="{{OnPrem_Distinguished_Name}}"', facts)), one);
  const short = { onPremisesDistinguishedName: 'CN=J,OU=U' };
  assert.deepEqual(nameOf(subject('CN={{OnPrem_Distinguished_Name}},O=x', short)), [
    [['2.5.4.3', 'CN=J,OU=U']],
    [['2.5.4.10', 'x']],
  ]);
});

type Failing = readonly [
  title: string,
  given: Given,
  facts: { user: User | null; device: Device },
  code: string,
  reason?: string,
];

const someone = user({ userName: 'jane', emailAddress: 'jane@x.example' });
const row = (type: 'email' | 'upn' | 'dns' | 'uri' | 'ip', value: string) => ({
  subjectAlternativeNames: [{ type, value }],
});

const failing: readonly Failing[] = [
  ['no user', {}, { user: null, device: device({}) }, 'variable-unresolved', 'user-missing'],
  [
    'no mail address',
    row('email', '{{EmailAddress}}'),
    { user: user({ userName: 'a' }), device: device({}) },
    'variable-unresolved',
    'value-empty',
  ],
  [
    'AOSP has no department',
    { subjectNameFormat: 'CN={{Department}}' },
    { user: user({ department: 'Sales' }), device: device({ platform: 'androidOpenSource' }) },
    'variable-unresolved',
    'not-on-this-platform',
  ],
  [
    'a user variable in a device certificate',
    { certificateType: 'device' },
    { user: someone, device: device({}) },
    'variable-unresolved',
    'user-variable-in-device-certificate',
  ],
  [
    'a SID outside URI rows',
    row('upn', '{{OnPremisesSecurityIdentifier}}'),
    { user: user({ userName: 'a', onPremisesSecurityIdentifier: 'S-1-5' }), device: device({}) },
    'variable-unresolved',
    'only-in-uri-rows',
  ],
  [
    'a common name of 65 characters',
    { subjectNameFormat: `CN=${'a'.repeat(61)}{{UserName}}` },
    { user: someone, device: device({}) },
    'common-name-too-long',
  ],
  [
    'an organizational unit of 65',
    { subjectNameFormat: 'CN=a,OU={{UserName}}' },
    { user: user({ userName: 'b'.repeat(65) }), device: device({}) },
    'organizational-unit-too-long',
  ],
  [
    'a country that is none',
    { subjectNameFormat: 'CN=a,C={{Department}}' },
    { user: user({ department: 'Germany' }), device: device({}) },
    'country-not-two-letters',
  ],
  [
    'a serial number that is not printable',
    { subjectNameFormat: 'SERIALNUMBER={{UserName}}' },
    { user: user({ userName: 'a_b' }), device: device({}) },
    'printable-only',
  ],
  [
    'E with letters outside ASCII',
    { subjectNameFormat: 'CN=a,E={{EmailAddress}}' },
    { user: user({ emailAddress: 'josé@x.example' }), device: device({}) },
    'ascii-only',
  ],
  [
    'a mail row with letters outside ASCII',
    row('email', '{{EmailAddress}}'),
    { user: user({ userName: 'a', emailAddress: 'josé@x.example' }), device: device({}) },
    'ascii-only',
  ],
  [
    'a mail row that is no address',
    row('email', '{{UserName}}'),
    { user: someone, device: device({}) },
    'invalid-email',
  ],
  [
    'a DNS row with a space',
    row('dns', '{{DeviceName}}.x'),
    { user: someone, device: device({ deviceName: 'iPhone 1' }) },
    'invalid-dns-name',
  ],
  [
    'a DNS row with letters outside ASCII',
    row('dns', 'münchen.example'),
    { user: someone, device: device({}) },
    'ascii-only',
  ],
  ['a URI row without a scheme', row('uri', '{{UserName}}'), { user: someone, device: device({}) }, 'invalid-uri'],
  ['an IP row that is none', row('ip', '10.0.0.256'), { user: someone, device: device({}) }, 'invalid-ip-address'],
  [
    'a distinguished name that does not parse',
    { subjectNameFormat: 'CN={{OnPrem_Distinguished_Name}}' },
    { user: user({ onPremisesDistinguishedName: 'nonsense' }), device: device({}) },
    'invalid-distinguished-name',
  ],
  ['a control character', {}, { user: user({ userName: 'a\nb' }), device: device({}) }, 'control-character'],
  [
    'a domain component outside ASCII',
    { subjectNameFormat: 'CN=a,DC={{UserName}}' },
    { user: user({ userName: 'zürich' }), device: device({}) },
    'ascii-only',
  ],
  [
    'a UPN with a control character',
    row('upn', '{{Department}}'),
    { user: user({ userName: 'a', department: 'a\tb' }), device: device({}) },
    'invalid-upn',
  ],
  [
    'a security identifier that is none',
    { server: { ...defaultServerOptions('ios'), securityIdentifierExtension: true } },
    { user: user({ userName: 'a', onPremisesSecurityIdentifier: 'x' }), device: device({}) },
    'invalid-security-identifier',
  ],
];

for (const [title, given, facts, code, reason] of failing)
  test(`fails: ${title}`, () => {
    const failure = failureOf(resolveExpectation(settings(given), facts));
    assert.equal(failure.code, code);
    assert.deepEqual(
      failure.unresolved.map((entry) => entry.reason),
      reason === undefined ? [] : [reason],
    );
  });

test('all variables without a value are named at once', () => {
  const given = settings({ subjectNameFormat: 'CN={{GivenName}} {{SurName}}', ...row('dns', '{{IMEI}}.x') });
  const { unresolved } = failureOf(resolveExpectation(given, { user: someone, device: device({}) }));
  assert.deepEqual(
    unresolved.map(({ variable }) => variable),
    ['GivenName', 'SurName', 'IMEI'],
  );
});

type Domain = readonly [title: string, facts: Partial<Device>, outcome: string];
const fullyQualifiedDomainName = 'pc.corp.example';
const domains: readonly Domain[] = [
  ['hybrid joined Windows', { trustType: 'Hybrid Azure AD joined' }, 'resolved'],
  ['the same in the words of Graph', { trustType: 'ServerAd' }, 'resolved'],
  ['Windows in the cloud directory', { trustType: 'Azure AD joined' }, 'not-domain-joined'],
  ['Windows that nothing is known of', {}, 'not-domain-joined'],
  ['registered Windows 10', { trustType: 'Azure AD registered' }, 'not-domain-joined'],
  ['registered Windows 8.1 with a domain', { platform: 'windows81', trustType: 'Azure AD registered' }, 'resolved'],
  ['Windows 8.1 without a domain', { platform: 'windows81', fullyQualifiedDomainName: 'pc' }, 'not-domain-joined'],
  ['Linux', { platform: 'linux' }, 'resolved'],
  ['an iPhone', { platform: 'ios', trustType: 'Hybrid Azure AD joined' }, 'not-on-this-platform'],
  ['a Mac', { platform: 'macos' }, 'not-on-this-platform'],
  [
    'hybrid joined without a name',
    { trustType: 'Hybrid Azure AD joined', fullyQualifiedDomainName: null },
    'value-empty',
  ],
];

for (const [title, facts, outcome] of domains)
  test(`{{FullyQualifiedDomainName}} on ${title}: ${outcome}`, () => {
    const given = settings({ certificateType: 'device', subjectNameFormat: 'CN={{FullyQualifiedDomainName}}' });
    const result = resolveExpectation(given, { user: null, device: device({ fullyQualifiedDomainName, ...facts }) });
    assert.equal(result.kind === 'resolved' ? 'resolved' : result.failure.unresolved[0]?.reason, outcome);
  });

test('security identifiers: of the user, of a hybrid joined computer, as URI and as extension', () => {
  const sid = 'S-1-5-21-1-2-3-1100';
  const given = (certificateType: 'user' | 'device') =>
    settings({
      certificateType,
      subjectNameFormat: 'CN=a',
      ...row('uri', '{{OnPremisesSecurityIdentifier}}'),
      server: { ...defaultServerOptions('windows10'), securityIdentifierExtension: true },
    });
  const computer = device({ trustType: 'Hybrid Azure AD joined', onPremisesSecurityIdentifier: sid });
  const ofUser = resolveExpectation(given('user'), {
    user: user({ onPremisesSecurityIdentifier: sid }),
    device: device({}),
  });
  const ofDevice = resolveExpectation(given('device'), { user: null, device: computer });
  for (const result of [ofUser, ofDevice]) {
    assert.ok(result.kind === 'resolved');
    assert.deepEqual(result.expectation.subjectAlternativeNames, [
      { type: 'uri', value: `tag:microsoft.com,2022-09-14:sid:${sid}` },
    ]);
    assert.equal(result.expectation.securityIdentifier, sid);
  }
  const reasons = (facts: Partial<Device>) =>
    failureOf(resolveExpectation(given('device'), { user: null, device: { ...computer, ...facts } })).unresolved;
  const only = (reason: string) => [{ variable: 'OnPremisesSecurityIdentifier', reason }];
  assert.deepEqual(reasons({ trustType: 'Azure AD joined' }), only('not-hybrid-joined'));
  assert.deepEqual(reasons({ platform: 'macos' }), only('not-on-this-platform'));
});

test('what a device reports fills a gap only where the profile lets it, and never what the directory knows', () => {
  const of = (reportedFacts: 'never' | 'whenMissing', serialNumber: string | null) => {
    const server = { ...defaultServerOptions('ios'), reportedFacts };
    const given = settings({ certificateType: 'device', subjectNameFormat: 'CN={{SerialNumber}}', server });
    const result = resolveExpectation(given, {
      user: null,
      device: device({ serialNumber, reported: { serialNumber: 'R' } }),
    });
    return result.kind === 'resolved' ? result.expectation.subjectText : result.failure.unresolved[0]?.reason;
  };
  assert.equal(of('never', null), 'value-empty');
  assert.equal(of('whenMissing', null), 'CN=R');
  assert.equal(of('whenMissing', 'D'), 'CN=D');
});

test('an address is written in its one form', () => {
  const rows = ['2001:DB8:0:0::1', '2001:db8::1', '10.0.0.1'].map((value) => ({ type: 'ip' as const, value }));
  const result = resolveExpectation(settings({ subjectAlternativeNames: rows }), { user: someone, device: device({}) });
  assert.ok(result.kind === 'resolved');
  assert.deepEqual(
    result.expectation.subjectAlternativeNames.map(({ value }) => value),
    ['2001:db8::1', '10.0.0.1'],
  );
});

test('rows that come out the same are one name', () => {
  const subjectAlternativeNames = [
    { type: 'email' as const, value: '{{EmailAddress}}' },
    { type: 'email' as const, value: '{{UserName}}@x.example' },
    { type: 'upn' as const, value: '{{UserName}}@x.example' },
  ];
  const result = resolveExpectation(settings({ subjectAlternativeNames }), { user: someone, device: device({}) });
  assert.ok(result.kind === 'resolved');
  assert.deepEqual(
    result.expectation.subjectAlternativeNames.map(({ type }) => type),
    ['email', 'upn'],
  );
});

test('property: a value in any position yields the template’s own structure with exactly that value', () => {
  const formats = [
    ['CN={{UserName}}', ['CN']],
    ['CN="{{UserName}}",OU=b', ['CN', 'OU']],
    ['OU=a + CN=pre{{UserName}}post;DC=c', ['OU', 'CN', 'DC']],
    ['1.2.3="a,{{UserName}},""b""",O=x', ['1.2.3', 'O']],
  ] as const;
  const awkwardText = fc.string({ unit: fc.constantFrom(...' ,;+="#<>\\\r\n{}aé李'), minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(
      fc.constantFrom(...formats),
      fc.oneof(awkwardText, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 })),
      ([format, keys], value) => {
        fc.pre(value.trim() !== '' && value.isWellFormed() && [...value].length <= 50);
        const result = subject(format, { userName: value });
        if (/\p{Cc}/u.test(value)) return assert.equal(failureOf(result).code, 'control-character');
        const name = nameOf(result) as [string, string][][];
        const values = name.flat();
        assert.equal(values.length, keys.length);
        assert.ok(values.some(([, text]) => text.includes(value)));
        assert.equal(name.length, format.includes(' + ') ? 2 : keys.length);
      },
    ),
    { numRuns: 600 },
  );
});

test('equal input gives equal JSON, and templates of one object are parsed once', () => {
  const given = settings({});
  const facts = { user: someone, device: device({}) };
  assert.equal(
    JSON.stringify(resolveExpectation(given, facts)),
    JSON.stringify(resolveExpectation(structuredClone(given), facts)),
  );
  assert.equal(parseSettingsTemplates(given), parseSettingsTemplates(given));
});

test('every variable of the table resolves somewhere', () => {
  for (const { name, class: kind } of variables) {
    if (name === 'OnPremisesSecurityIdentifier' || name === 'OnPrem_Distinguished_Name') continue;
    const everything = Object.fromEntries(
      [...variables].flatMap(({ userFact, deviceFact }) => [userFact, deviceFact].map((fact) => [fact ?? '', 'v'])),
    );
    const result = resolveExpectation(
      settings({ certificateType: kind === 'user' ? 'user' : 'device', subjectNameFormat: `CN={{${name}}}` }),
      {
        user: user(everything),
        device: device({ ...everything, trustType: 'Hybrid Azure AD joined' }),
      },
    );
    assert.equal(result.kind === 'resolved' && result.expectation.subjectText, 'CN=v', name);
  }
});
