import assert from 'node:assert/strict';
import { it } from 'node:test';
import { utf8 } from '../lib/bytes.ts';
import { isFailure } from '../lib/failure.ts';
import { openSealedKey, sealKey } from './sealed-key.ts';

const secret = new Uint8Array(32).fill(1);
const owner = { keyId: 'key-1', purpose: 'issuer' };
const key = utf8('a private key');

it('opens what it sealed', () => {
  assert.deepEqual(openSealedKey(secret, owner, sealKey(secret, owner, key)), key);
});

it('seals the same key differently each time', () => {
  assert.notDeepEqual(sealKey(secret, owner, key), sealKey(secret, owner, key));
});

const sealed = sealKey(secret, owner, key);
const refusals: readonly (readonly [name: string, open: () => unknown])[] = [
  ['another secret', () => openSealedKey(new Uint8Array(32), owner, sealed)],
  ['the place of another key', () => openSealedKey(secret, { ...owner, keyId: 'key-2' }, sealed)],
  ['another purpose', () => openSealedKey(secret, { ...owner, purpose: 'ra' }, sealed)],
  [
    'a purpose and id that only join to the same text',
    () => openSealedKey(secret, { keyId: 'uer\nkey-1', purpose: 'iss' }, sealed),
  ],
  ['an unknown version', () => openSealedKey(secret, owner, Uint8Array.of(2, ...sealed.subarray(1)))],
  ['too few bytes', () => openSealedKey(secret, owner, sealed.subarray(0, 20))],
  ['no bytes', () => openSealedKey(secret, owner, new Uint8Array(0))],
  ...Array.from({ length: sealed.length - 1 }, (_, i) => {
    const changed = sealed.slice();
    changed[i + 1] = (changed[i + 1] as number) ^ 0x80;
    return [`a change at byte ${i + 1}`, () => openSealedKey(secret, owner, changed)] as const;
  }),
];

for (const [name, open] of refusals)
  it(`does not open with ${name}`, () => {
    assert.throws(open, (error) => isFailure(error, 'key-seal-broken') && !error.message.includes('private key'));
  });
