import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Platform } from '../directory/platform.ts';
import { allowedCiphers, allowedDigests } from './allowed-algorithms.ts';
import { parseProfile } from './parse-profile.ts';
import { defaultServerOptions } from './parse-server-options.ts';
import type { ProfileId } from './profile-id.ts';

function digests(platform: Platform, hashAlgorithm?: readonly string[]): string {
  const settings = { rootCertificate: 'r', ...(hashAlgorithm && { hashAlgorithm }) };
  const { draft, findings } = parseProfile(
    { kind: 'scep', name: 'x', platform, settings },
    { now: 0, findTrustedProfile: () => ({ id: 'r' as ProfileId, platform }) },
  );
  if (draft?.kind !== 'scep') assert.fail(JSON.stringify(findings));
  return allowedDigests(draft.settings).join(' ');
}

const sha2 = 'sha256 sha384 sha512';
const table: readonly (readonly [Platform, readonly string[] | undefined, string])[] = [
  ['ios', undefined, sha2],
  ['macos', undefined, sha2],
  ['windows10', undefined, sha2],
  ['windows10', ['sha2'], sha2],
  ['windows10', ['sha1', 'sha2'], `${sha2} sha1`],
  ['windows81', ['sha1'], 'sha1'],
  ['linux', ['sha1'], 'sha1'],
  ['androidDeviceAdministrator', ['sha1', 'sha2'], `${sha2} sha1`],
  ['androidEnterpriseCorporate', ['sha1', 'sha2'], sha2],
  ['androidEnterprisePersonal', ['sha1'], sha2],
  ['androidOpenSource', ['sha1'], sha2],
];

for (const [platform, hash, expected] of table)
  test(`digests on ${platform} with ${hash?.join(' and ') ?? 'the default'}`, () =>
    assert.equal(digests(platform, hash), expected));

test('ciphers: AES always, the others by option', () => {
  const of = (tripleDes: boolean, singleDes: boolean) =>
    allowedCiphers({ server: { ...defaultServerOptions('ios'), ciphers: { tripleDes, singleDes } } }).join(' ');
  const aes = 'aes128-cbc aes192-cbc aes256-cbc';
  assert.equal(of(false, false), aes);
  assert.equal(of(true, false), `${aes} des-ede3-cbc`);
  assert.equal(of(true, true), `${aes} des-ede3-cbc des-cbc`);
});
