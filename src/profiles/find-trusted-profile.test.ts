import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTrustedProfileAmong, type TrustedCandidate } from './find-trusted-profile.ts';
import type { ProfileId, ProfileSlug } from './profile-id.ts';

function candidate(
  kind: TrustedCandidate['kind'],
  name: string,
  slug: string,
  platform: 'ios' | 'linux',
): TrustedCandidate {
  return { id: `id-${slug}` as ProfileId, kind, name, slug: slug as ProfileSlug, settings: { platform } };
}

const find = findTrustedProfileAmong([
  candidate('trustedCertificate', 'Root', 'root-ios', 'ios'),
  candidate('trustedCertificate', 'root', 'root-linux', 'linux'),
  candidate('trustedCertificate', 'Root', 'root-linux-2', 'linux'),
  candidate('scep', 'Root', 'scep', 'ios'),
]);

const rows: readonly (readonly [
  title: string,
  reference: string,
  platform: 'ios' | 'linux' | 'macos',
  expected: unknown,
])[] = [
  ['a slug, whatever the platform', 'root-linux', 'ios', { id: 'id-root-linux', platform: 'linux' }],
  ['an id', 'id-root-ios', 'ios', { id: 'id-root-ios', platform: 'ios' }],
  ['a name: the one of the platform', ' ROOT ', 'ios', { id: 'id-root-ios', platform: 'ios' }],
  ['a name that two of the platform have', 'Root', 'linux', { ambiguous: ['root-linux', 'root-linux-2'] }],
  ['a name that none of the platform has', 'Root', 'macos', { ambiguous: ['root-ios', 'root-linux', 'root-linux-2'] }],
  ['a SCEP profile', 'scep', 'ios', null],
  ['what is not at hand', 'elsewhere', 'ios', null],
];

for (const [title, reference, platform, expected] of rows)
  test(`the root certificate by ${title}`, () => assert.deepEqual(find(reference, platform), expected));
