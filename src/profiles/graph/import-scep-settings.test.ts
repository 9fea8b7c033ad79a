import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boundTo, scepExample } from '../../../test/support/graph-examples.ts';
import { settingsOf, told, windows } from '../../../test/support/graph-import.ts';

describe('enumerations', () => {
  for (const [name, changes, setting, expected] of [
    ['words in any case', { keySize: 'SIZE4096' }, 'keySize', 4096],
    ['a number', { keySize: 2 }, 'keySize', 4096],
    ['a number as text', { certificateStore: '1' }, 'certificateType', 'user'],
    [
      'flags with commas and spaces',
      { keyUsage: 'digitalSignature, KeyEncipherment' },
      'keyUsage',
      ['keyEncipherment', 'digitalSignature'],
    ],
    ['flags as a list', { keyUsage: ['digitalSignature'] }, 'keyUsage', ['digitalSignature']],
    ['flags as a sum', { hashAlgorithm: 3 }, 'hashAlgorithm', ['sha1', 'sha2']],
    [
      'a key storage provider',
      { keyStorageProvider: 'usePassportForWorkKspOtherwiseFail' },
      'keyStorageProvider',
      'passportOtherwiseFail',
    ],
    ['a scale', { certificateValidityPeriodScale: 1 }, 'certificateValidityPeriod', { value: 1, unit: 'months' }],
    [
      'no period at all',
      { certificateValidityPeriodValue: null, certificateValidityPeriodScale: null },
      'certificateValidityPeriod',
      null,
    ],
  ] as const)
    test(`${name}`, () => {
      const { settings, findings } = settingsOf(windows(changes));
      assert.deepEqual(settings[setting], expected);
      assert.deepEqual(told({ findings }), []);
    });

  for (const [name, changes, expected] of [
    ['an unknown word', { keySize: 'size8192' }, 'error unknown-value keySize'],
    ['an unknown flag', { hashAlgorithm: 'sha2,md5' }, 'error unknown-value hashAlgorithm'],
    ['an unknown bit', { keyUsage: 7 }, 'error unknown-value keyUsage'],
    ['an object where a word belongs', { keySize: {} }, 'error unknown-value keySize'],
    ['both stores', { certificateStore: 'user,machine' }, 'error unknown-value certificateStore'],
    ['a period without a scale', { certificateValidityPeriodScale: null }, 'error V11 certificateValidityPeriodScale'],
    ['rows that are text', { customSubjectAlternativeNames: 'x' }, 'error wrong-type customSubjectAlternativeNames'],
    [
      'a row that is text',
      { customSubjectAlternativeNames: ['x'] },
      'error wrong-type customSubjectAlternativeNames.0',
    ],
    [
      'a row of no type',
      { customSubjectAlternativeNames: [{ sanType: 'none', name: 'x' }] },
      'error unknown-value customSubjectAlternativeNames.0.sanType',
    ],
  ] as const)
    test(`${name} is refused where it stands`, () => assert.deepEqual(told(settingsOf(windows(changes))), [expected]));

  test('Apple numbers the formats of subjects in its own way', () => {
    const ios = (subjectNameFormat: unknown) =>
      settingsOf(
        scepExample('ios', {
          subjectNameFormat,
          subjectNameFormatString: null,
          'rootCertificate@odata.bind': boundTo('id-ios-root'),
        }),
      ).settings;
    assert.equal(ios(3).subjectNameFormat, 'CN={{UserName}},E={{EmailAddress}}');
    assert.equal(ios(1).subjectNameFormat, 'CN={{EmailAddress}}');
    assert.equal(
      settingsOf(windows({ subjectNameFormat: 1, subjectNameFormatString: null })).settings.subjectNameFormat,
      'CN={{UserName}},E={{EmailAddress}}',
    );
  });

  test('every format of old becomes its text, but for the one that no variable stands for', () => {
    for (const [word, text] of [
      ['commonName', 'CN={{UserName}}'],
      ['commonNameAsIMEI', 'CN={{IMEI}}'],
      ['commonNameAsSerialNumber', 'CN={{SerialNumber}}'],
      ['commonNameAsAadDeviceId', 'CN={{AAD_Device_ID}}'],
      ['commonNameAsIntuneDeviceId', 'CN={{DeviceId}}'],
    ])
      assert.equal(
        settingsOf(windows({ subjectNameFormat: word, subjectNameFormatString: null })).settings.subjectNameFormat,
        text,
      );
    const durable = settingsOf(
      windows({ subjectNameFormat: 'commonNameAsDurableDeviceId', subjectNameFormatString: null }),
    );
    assert.deepEqual(told(durable), ['error unknown-value subjectNameFormat']);
  });

  test('types of alternative names without a row become rows, where their value is known', () => {
    const both = settingsOf(
      windows({ subjectAlternativeNameType: 'emailAddress,domainNameService,userPrincipalName' }),
    );
    assert.deepEqual(both.settings.subjectAlternativeNames, [
      { type: 'dns', value: '{{AzureADDeviceId}}.example.org' },
      { type: 'email', value: '{{EmailAddress}}' },
      { type: 'upn', value: '{{UserPrincipalName}}' },
    ]);
    const unclear = settingsOf(
      windows({ subjectAlternativeNameType: 20, subjectAlternativeNameFormatString: '{{Department}}' }),
    );
    assert.deepEqual(told(unclear), [
      'warning not-carried-over subjectAlternativeNameType',
      'warning not-carried-over subjectAlternativeNameType',
      'warning not-carried-over subjectAlternativeNameFormatString',
    ]);
  });
});
