import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relyingPartyOf } from './relying-party.ts';

const rows: readonly (readonly [name: string, adminUrl: string, id: string, origins: readonly string[]])[] = [
  ['a configured address', 'https://pki.alder.example/console', 'pki.alder.example', ['https://pki.alder.example']],
  ['a port counts', 'https://pki.alder.example:8443', 'pki.alder.example', ['https://pki.alder.example:8443']],
  [
    'loopback is localhost, at every port',
    'http://127.0.0.1:8080',
    'localhost',
    ['http://localhost:8080', 'https://localhost:8443'],
  ],
];
for (const [name, adminUrl, id, origins] of rows)
  test(name, () => {
    const own = ['http://127.0.0.1:8080', 'https://127.0.0.1:8443'];
    const found = relyingPartyOf({ adminUrl, origins: own });
    assert.deepEqual([found.id, found.origins], [id, origins]);
  });

test('a number is no name', () => {
  for (const adminUrl of ['https://192.0.2.7', 'https://[2001:db8::1]:8443'])
    assert.throws(() => relyingPartyOf({ adminUrl, origins: [] }), { code: 'passkeys-need-name' });
});
