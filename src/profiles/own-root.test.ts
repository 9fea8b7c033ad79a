import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usesOwnRoot, withOwnRoot } from './own-root.ts';

const trusted = { kind: 'trustedCertificate', settings: { certificate: 'ownRoot', certificateFileName: 'a.cer' } };

test('the placeholder becomes the certificate, and nothing else changes', () => {
  assert.ok(usesOwnRoot(trusted));
  assert.deepEqual(withOwnRoot(trusted, 'PEM'), {
    ...trusted,
    settings: { certificate: 'PEM', certificateFileName: 'a.cer' },
  });
  assert.equal(trusted.settings.certificate, 'ownRoot');
});

test('any other document stays what it is', () => {
  for (const document of [null, 'text', [], {}, { settings: 7 }, { settings: { certificate: 'MII' } }]) {
    assert.ok(!usesOwnRoot(document));
    assert.equal(withOwnRoot(document, 'PEM'), document);
  }
});
