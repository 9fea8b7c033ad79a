import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProfile } from '../../../../../src/profiles/parse-profile.ts';
import type { ScepSettings } from '../../../../../src/profiles/scep-settings.ts';
import { legalVariables } from './legal-variables.ts';
import { documentOf, newProfile, type Platform } from './profile-form.ts';

function settingsOf(platform: Platform, certificateType: 'user' | 'device'): ScepSettings {
  const form = newProfile('scep', platform);
  form.settings.certificateType = certificateType;
  const { draft } = parseProfile(documentOf(form), { now: 0, findTrustedProfile: () => null });
  assert.ok(draft?.kind === 'scep');
  return draft.settings;
}

test('a device certificate is offered no property of a user', () => {
  const offered = legalVariables(settingsOf('ios', 'device'), null);
  assert.ok(offered.includes('AAD_Device_ID') && offered.includes('SerialNumber'));
  for (const name of ['UserName', 'UserPrincipalName', 'EmailAddress', 'GivenName'] as const)
    assert.ok(!offered.includes(name), name);
  assert.ok(legalVariables(settingsOf('ios', 'user'), null).includes('UserName'));
});

test('the security identifier is offered in rows of type URI alone, and for devices on Windows alone', () => {
  const sid = 'OnPremisesSecurityIdentifier';
  assert.ok(legalVariables(settingsOf('windows10', 'user'), 'uri').includes(sid));
  assert.ok(legalVariables(settingsOf('windows10', 'device'), 'uri').includes(sid));
  assert.ok(!legalVariables(settingsOf('macos', 'device'), 'uri').includes(sid));
  for (const place of [null, 'dns', 'upn', 'email'] as const)
    assert.ok(!legalVariables(settingsOf('windows10', 'user'), place).includes(sid), String(place));
});

test('what a platform does not have is not offered', () => {
  assert.ok(!legalVariables(settingsOf('ios', 'device'), 'dns').includes('FullyQualifiedDomainName'));
  assert.ok(legalVariables(settingsOf('windows10', 'device'), 'dns').includes('FullyQualifiedDomainName'));
  assert.ok(!legalVariables(settingsOf('androidOpenSource', 'user'), null).includes('OnPremisesSamAccountName'));
  const corporate = settingsOf('androidEnterpriseCorporate', 'user');
  assert.ok(legalVariables(corporate, null).includes('UserName'));
  assert.ok(!legalVariables(corporate, 'upn').includes('UserName'));
});
