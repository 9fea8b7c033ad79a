import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileSettings } from '../../test/support/profile-fixture.ts';
import type { Device } from '../directory/device.ts';
import { platforms } from '../directory/platform.ts';
import type { User } from '../directory/user.ts';
import { certificatePlace } from './certificate-place.ts';
import { parseProfile } from './parse-profile.ts';
import { previewProfile } from './preview-profile.ts';
import type { ProfileId } from './profile-id.ts';
import { isSlug, slugFromName } from './profile-slug.ts';
import { validityEnd } from './validity-period.ts';

const device = { platform: 'ios', reported: {} } as Device;

test('a preview shows the request, or everything that stands against it', () => {
  const { draft } = parseProfile(
    {
      kind: 'scep',
      name: 'x',
      platform: 'ios',
      settings: {
        subjectNameFormat: 'CN={{UserName}}',
        subjectAlternativeNames: ['upn'],
        extendedKeyUsages: ['Client Authentication'],
        keyUsage: 'digitalSignature',
        rootCertificate: 'r',
        certificateValidityPeriod: '1 month',
      },
    },
    { now: 0, findTrustedProfile: (_, platform) => ({ id: 'r' as ProfileId, platform }) },
  );
  assert.ok(draft?.kind === 'scep');
  const validity = (period: Parameters<typeof validityEnd>[1] | null) => ({
    notBefore: 0,
    notAfter: period === null ? 0 : validityEnd(0, period),
  });
  const user = { userName: 'a,b', userPrincipalName: 'a@b.example' } as User;
  assert.deepEqual(
    previewProfile({ settings: draft.settings, slug: 'x', ownUrl: 'http://own/scep/x' }, { user, device }, validity),
    {
      subject: 'CN="a,b"',
      subjectDer: '300e310c300a06035504031303612c62',
      subjectAlternativeNames: [{ type: 'upn', value: 'a@b.example' }],
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: [{ name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' }],
      notBefore: 0,
      notAfter: Date.UTC(1970, 1, 1),
      scepServerUrls: ['http://own/scep/x'],
      urlOrder: 'one-at-random',
      store: 'keychain access group of the MDM profile',
      keyStorage: null,
      unresolved: [],
      problem: null,
    },
  );
  const without = previewProfile(
    { settings: draft.settings, slug: 'x', ownUrl: 'http://own/scep/x' },
    { user: null, device },
    validity,
  );
  assert.deepEqual(without.unresolved, [
    { variable: 'UserName', reason: 'user-missing' },
    { variable: 'UserPrincipalName', reason: 'user-missing' },
  ]);
  assert.deepEqual([without.subject, without.notAfter, without.problem?.code], [null, null, 'variable-unresolved']);
  const elsewhere = previewProfile(
    { settings: draft.settings, slug: 'x', ownUrl: 'http://own/scep/x' },
    { user, device: { ...device, platform: 'macos' } },
    validity,
  );
  assert.deepEqual(
    [elsewhere.subject, elsewhere.problem],
    [
      'CN="a,b"',
      { code: 'wrong-platform', detail: 'The profile is for ios, the device is macos: it never gets the profile.' },
    ],
  );
});

test('a period ends on the calendar', () => {
  const end = (from: string, value: number, unit: 'days' | 'months' | 'years') =>
    new Date(validityEnd(Date.parse(from), { value, unit })).toISOString();
  assert.equal(end('2026-01-31T10:00:00.000Z', 1, 'months'), '2026-02-28T10:00:00.000Z');
  assert.equal(end('2024-02-29T00:00:00.000Z', 1, 'years'), '2025-02-28T00:00:00.000Z');
  assert.equal(end('2026-12-15T00:00:00.000Z', 13, 'months'), '2028-01-15T00:00:00.000Z');
  assert.equal(end('2026-03-01T00:00:00.000Z', 5, 'days'), '2026-03-06T00:00:00.000Z');
});

test('slugs are made of any name and never twice', () => {
  const taken = new Set<string>();
  for (const name of ['Größe & Maß', 'Größe & Maß', '李', '', '--', 'a'.repeat(200), 'a'.repeat(200)]) {
    const slug = slugFromName(name, (candidate) => taken.has(candidate));
    assert.ok(isSlug(slug) && !taken.has(slug));
    taken.add(slug);
  }
  assert.ok(taken.has('grosse-mass') && taken.has('grosse-mass-2') && taken.has('profile'));
  for (const bad of ['', 'A', 'a--b', '-a', 'a-', 'ä', 'a b', 'a'.repeat(64)]) assert.ok(!isSlug(bad), bad);
});

test('where certificate and key are kept, by platform and settings', () => {
  const place = (platform: string, settings: Readonly<Record<string, unknown>> = {}, slug: string | null = 'wifi') => {
    const { store, key } = certificatePlace(profileSettings({ platform, settings }), slug);
    return key === null ? store : `${store} | ${key}`;
  };
  const device = { certificateType: 'device', subjectNameFormat: 'CN={{AAD_Device_ID}}', subjectAlternativeNames: [] };
  assert.equal(place('windows10'), 'CurrentUser\\My | software');
  assert.equal(
    place('windows10', { ...device, keyStorageProvider: 'tpmOtherwiseSoftware' }),
    'LocalMachine\\My | TPM if present, otherwise software',
  );
  assert.equal(
    place('windows81', { ...device, keyStorageProvider: 'tpmOtherwiseFail' }).split(' | ')[0],
    'LocalMachine\\My',
  );
  assert.equal(place('macos'), 'system keychain', 'no channel is the device channel, whatever the type');
  assert.equal(place('macos', device), 'system keychain');
  assert.equal(place('macos', { deploymentChannel: 'user' }), 'login keychain');
  assert.match(place('ios'), /access group/);
  for (const platform of platforms)
    if (platform.startsWith('android')) assert.match(place(platform), /^VPN and apps; also Wi-Fi/);
  assert.equal(place('linux'), 'certificates/wifi/certificate.pem in the agent’s folder | certificates/wifi/key.pem');
  assert.match(place('linux', { keyStorage: 'pkcs11' }, null), /^certificates\/<slug>.* \| PKCS#11 token$/);
  assert.match(place('linux', { keyStorage: 'tpm' }), / \| TPM$/);
});
