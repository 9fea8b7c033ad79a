import assert from 'node:assert/strict';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { storeTest } from '../../test/support/stores.ts';
import { testAuthority } from '../../test/support/test-authority.ts';
import { systemCause } from '../events/event.ts';
import { defaultTemplate } from './certificate-template.ts';
import type { AuthorityId } from './issuer.ts';
import { saveTemplates } from './save-templates.ts';

storeTest('templates are replaced as a whole, from the version that was read', async (stores) => {
  const { authority } = await testAuthority(stores, fakeClock(), { issuerKey: 'p-256' });
  const save = (version: number, templates: readonly unknown[], id = authority.id) =>
    saveTemplates(stores, { authorityId: id, version, templates, cause: systemCause });
  const short = { ...defaultTemplate, name: 'short', maximumValidity: 30 };

  const saved = await save(1, [defaultTemplate, short]);
  assert.deepEqual(saved.templates, [defaultTemplate, short]);
  assert.equal(saved.version, 2);
  assert.deepEqual(await stores.authorities.get(authority.id), saved);
  const events = await stores.events.list({ subject: null, types: ['authority.changed'] }, { limit: 5, cursor: null });
  assert.equal(events.items.length, 1);

  assert.equal((await save(2, [defaultTemplate, short])).version, 2, 'the same again is no change');
  await assert.rejects(save(1, [short]), { code: 'authority-version', kind: 'precondition' });
  await assert.rejects(save(2, [short, short]), { code: 'template-invalid' });
  await assert.rejects(save(2, []), { code: 'template-invalid' });
  await assert.rejects(save(2, [{ ...short, keySizes: [512] }]), { code: 'template-invalid' });
  await assert.rejects(save(2, [short], 'none' as AuthorityId), { code: 'authority-unknown' });
});
