import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyMend } from './apply-mend.ts';

test('a text is replaced at its place, and nothing else', () => {
  const document = { name: 'a', settings: { rows: [{ value: 'b' }, { value: 'c' }], size: 1 } };
  assert.deepEqual(applyMend(document, 'settings.rows.1.value', 'd'), {
    name: 'a',
    settings: { rows: [{ value: 'b' }, { value: 'd' }], size: 1 },
  });
  assert.deepEqual(applyMend(document, 'name', 'd'), { ...document, name: 'd' });
  assert.equal(document.name, 'a');
});

test('where no text stands nothing changes', () => {
  const document = { settings: { rows: [], size: 1 } };
  for (const path of ['', 'name', 'settings.size', 'settings.rows.0.value', 'settings.size.x', 'settings', '__proto__'])
    assert.deepEqual(applyMend(document, path, 'd'), document);
  assert.equal(applyMend(null, 'name', 'd'), null);
});
