import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textFault } from './text-fault.ts';

test('a character that cannot be stored is told with its place', () => {
  assert.equal(
    textFault({ params: {}, body: { documents: [{ name: 'fine' }, { settings: { subject: 'CN=a\0' } }] } }),
    'Text must not contain the character U+0000: body.documents.1.settings.subject.',
  );
  assert.match(textFault({ body: { 'a\0': 1 } }) ?? '', /U\+0000: body\.$/);
  assert.equal(textFault({ body: { name: 'CN=a' }, query: undefined }), undefined);
});
