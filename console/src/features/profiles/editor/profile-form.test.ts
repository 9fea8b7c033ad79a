import assert from 'node:assert/strict';
import { test } from 'node:test';
import { platforms } from '../../../../../src/directory/platform.ts';
import { hasErrors } from '../../../../../src/profiles/finding.ts';
import { profileDocument } from '../../../../../src/profiles/profile-document.ts';
import type { ProfileId } from '../../../../../src/profiles/profile-id.ts';
import { validateProfile } from '../../../../../src/profiles/validate-profile.ts';
import { documentOf, formOf, newProfile } from './profile-form.ts';

for (const platform of platforms) {
  const context = { now: 0, findTrustedProfile: () => ({ id: 'root' as ProfileId, platform }) };

  test(`a new profile for ${platform} lacks a name and a root certificate, and nothing else`, () => {
    const { findings } = validateProfile(documentOf(newProfile('scep', platform)), context);
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'error').map(({ path }) => path),
      ['settings.rootCertificate', 'name'],
    );
  });

  test(`what the form makes of a stored profile for ${platform} is the same profile`, () => {
    const form = newProfile('scep', platform);
    form.name = 'Wi-Fi';
    form.settings.rootCertificate = 'root';
    const first = validateProfile(documentOf(form), context);
    assert.ok(first.draft !== null && !hasErrors(first.findings));
    const stored = profileDocument(first.draft, { rootSlug: 'root', assignments: [] });
    const { draft } = validateProfile(documentOf(formOf(stored, [])), context);
    assert.deepEqual(draft, first.draft);
  });
}

test('a number that is none is told, at its field', () => {
  const form = newProfile('scep', 'ios');
  form.settings.renewalThreshold = 'a fifth';
  const { findings } = validateProfile(documentOf(form), { now: 0, findTrustedProfile: () => null });
  assert.ok(findings.some(({ path, severity }) => path === 'settings.renewalThreshold' && severity === 'error'));
});
