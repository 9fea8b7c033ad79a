import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTrustedProfileOffline } from './find-trusted-profile-offline.ts';

const find = findTrustedProfileOffline([
  { kind: 'trustedCertificate', name: 'Root', slug: 'root-ios', platform: 'ios' },
  { kind: 'trustedCertificate', name: 'root', slug: 'root-linux', platform: 'linux' },
  { kind: 'trustedCertificate', name: 'Root', slug: 'root-linux-2', platform: 'linux' },
  { kind: 'scep', name: 'Root', slug: 'scep', platform: 'ios' },
  null,
  'text',
]);

const rows: readonly (readonly [
  title: string,
  reference: string,
  platform: 'ios' | 'linux' | 'macos',
  expected: unknown,
])[] = [
  ['a slug, whatever the platform', 'root-linux', 'ios', { id: 'root-linux', platform: 'linux' }],
  ['a name: the one of the platform', ' ROOT ', 'ios', { id: 'root-ios', platform: 'ios' }],
  ['a name that two of the platform have', 'Root', 'linux', { ambiguous: ['root-linux', 'root-linux-2'] }],
  ['a name that none of the platform has', 'Root', 'macos', { ambiguous: ['root-ios', 'root-linux', 'root-linux-2'] }],
  ['what is not at hand is taken on trust', 'elsewhere', 'ios', { id: 'elsewhere', platform: 'ios' }],
];

for (const [title, reference, platform, expected] of rows)
  test(`the root certificate by ${title}`, () => assert.deepEqual(find(reference, platform), expected));
