import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeScepProfile, makeTrustedProfile } from '../../test/support/make-facts.ts';
import { platforms } from '../directory/platform.ts';
import { parseScepSettings } from './parse-scep-settings.ts';
import type { ProfileId } from './profile-id.ts';
import type { ScepSettings } from './scep-settings.ts';
import {
  contentHash,
  profileChanges,
  type SettingEffect,
  scepEffects,
  settingChanges,
  trustedEffects,
} from './setting-effect.ts';

/** What a document that says nothing stands for: every setting that the platform has. */
function fullSettings(platform: (typeof platforms)[number]): ScepSettings {
  const found = { id: 'root' as ProfileId, platform };
  const given = { subjectNameFormat: 'CN={{DeviceName}}', rootCertificate: 'root' };
  const settings = parseScepSettings(
    { platform, settings: given, server: undefined, findTrustedProfile: () => found },
    [],
  );
  assert.ok(settings);
  return settings;
}

for (const platform of platforms)
  test(`every setting of ${platform} stands in the table`, () => {
    const { server, ...settings } = fullSettings(platform);
    const names = [...Object.keys(settings), ...Object.keys(server).map((option) => `server.${option}`)];
    assert.ok(names.length >= 20, 'a full document');
    for (const name of names) assert.ok(Object.hasOwn(scepEffects, name), name);
  });

test('every setting of a trusted certificate profile stands in the table, and none issues anything', () => {
  const settings = { ...makeTrustedProfile('windows10').settings, destinationStore: '', deploymentChannel: '' };
  for (const name of Object.keys(settings)) assert.ok(Object.hasOwn(trustedEffects, name), name);
  assert.ok(Object.values(trustedEffects).every(({ effect }) => effect !== 'reissue'));
});

const linux = makeScepProfile(makeTrustedProfile());
const { settings } = linux;
const { server } = settings;
const eku = { name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' };
const rows = [
  { type: 'dns', value: 'a.example' },
  { type: 'dns', value: 'b.example' },
] as const;

const cases: readonly (readonly [what: string, before: object, after: object, SettingEffect])[] = [
  ['another subject', {}, { subjectNameFormat: 'CN={{SerialNumber}}' }, 'reissue'],
  ['the same subject, spaced', { subjectNameFormat: 'CN=a,O=b' }, { subjectNameFormat: 'CN=a, O=b' }, 'none'],
  ['the same subject, quoted', { subjectNameFormat: 'CN=a,O=b' }, { subjectNameFormat: 'CN="a",O=b' }, 'none'],
  ['a subject in another order', { subjectNameFormat: 'CN=a,O=b' }, { subjectNameFormat: 'O=b,CN=a' }, 'reissue'],
  ['one more row', {}, { subjectAlternativeNames: rows }, 'reissue'],
  ['rows in another order', { subjectAlternativeNames: rows }, { subjectAlternativeNames: rows.toReversed() }, 'none'],
  ['twelve months for a year', {}, { certificateValidityPeriod: { value: 12, unit: 'months' } }, 'none'],
  ['a longer life', {}, { certificateValidityPeriod: { value: 13, unit: 'months' } }, 'reissue'],
  ['a key usage less', { keyUsage: ['digitalSignature', 'keyEncipherment'] }, {}, 'reissue'],
  ['a larger key', {}, { keySize: 4096 }, 'reissue'],
  ['another name for a key usage', {}, { extendedKeyUsages: [{ ...eku, name: 'Ours' }] }, 'none'],
  ['another extended key usage', {}, { extendedKeyUsages: [eku, { name: 'x', oid: '1.2.3' }] }, 'reissue'],
  ['another root', {}, { rootCertificate: 'x' }, 'reissue'],
  ['a device certificate for a user one', { certificateType: 'user' }, {}, 'reissue'],
  ['a key in hardware', { keyStorage: 'pem' }, { keyStorage: 'tpm' }, 'reissue'],
  ['another digest for requests', {}, { hashAlgorithm: ['sha1', 'sha2'] }, 'redeliver'],
  ['an earlier renewal', {}, { renewalThreshold: 30 }, 'redeliver'],
  ['another address', {}, { scepServerUrls: ['https://a.example'] }, 'redeliver'],
  [
    'access for apps',
    { certificateAccess: { mode: 'userApproval' } },
    { certificateAccess: { mode: 'specificApps', apps: ['a'] } },
    'redeliver',
  ],
  ['another authority', {}, { server: { ...server, authority: 'other' } }, 'reissue'],
  ['another certificate template', {}, { server: { ...server, certificateTemplate: 'other' } }, 'reissue'],
  ['the security identifier', {}, { server: { ...server, securityIdentifierExtension: true } }, 'reissue'],
  ['approval', {}, { server: { ...server, approval: 'manual' } }, 'none'],
  ['ciphers', {}, { server: { ...server, ciphers: { tripleDes: true, singleDes: false } } }, 'none'],
];

for (const [what, before, after, effect] of cases)
  test(`${what}: ${effect}; the hash of the content changes with re-issuing alone`, async () => {
    const was = { ...settings, ...before } as ScepSettings;
    const is = { ...settings, ...after } as ScepSettings;
    const changes = settingChanges(was, is);
    assert.deepEqual(
      changes.map((change) => change.effect),
      [effect],
    );
    assert.equal((await contentHash(was)) === (await contentHash(is)), effect !== 'reissue');
  });

test('name, description and scope tags never re-issue, whatever they become', () => {
  const changes = profileChanges(linux, { ...linux, name: 'x', description: 'y', scopeTags: ['z'] });
  assert.deepEqual(
    changes.map(({ path, effect }) => [path, effect]),
    [
      ['name', 'none'],
      ['description', 'none'],
      ['scopeTags', 'none'],
    ],
  );
});

test('a difference tells what was and what is, by the path in the document', () => {
  const after = { ...settings, renewalThreshold: 30, server: { ...server, approval: 'manual' } } as ScepSettings;
  assert.deepEqual(settingChanges(settings, after), [
    { path: 'settings.renewalThreshold', before: 20, after: 30, effect: 'redeliver' },
    { path: 'server.approval', before: 'automatic', after: 'manual', effect: 'none' },
  ]);
});

test('a trusted certificate is delivered again; its file name is for people', () => {
  const trusted = makeTrustedProfile();
  const change = (given: object) =>
    settingChanges(trusted.settings, { ...trusted.settings, ...given }).map(({ effect }) => effect);
  assert.deepEqual(change({ certificate: 'AAAA' }), ['redeliver']);
  assert.deepEqual(change({ certificateFileName: 'other.cer' }), ['none']);
});
