import assert from 'node:assert/strict';
import { it } from 'node:test';
import { toHex, utf8 } from '../lib/bytes.ts';
import { digest, sha1Hex, sha256Hex } from './digest.ts';
import { sameSecret } from './same-secret.ts';
import { hashSecret } from './secret.ts';

// FIPS 180-4, example "abc".
const abc = {
  sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
  sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
} as const;

it('computes the digests that the standard prints', () => {
  for (const [name, expected] of Object.entries(abc))
    assert.equal(toHex(digest(name as keyof typeof abc, utf8('abc'))), expected);
  assert.equal(sha1Hex(utf8('abc')), abc.sha1);
  assert.equal(sha256Hex(utf8('abc')), abc.sha256);
  assert.equal(hashSecret('abc'), abc.sha256);
  assert.equal(digest('sha384', utf8('abc')).length, 48);
  assert.equal(digest('sha512', utf8('abc')).length, 64);
});

it('gives plain bytes, whose slice is a copy', () => {
  const bytes = digest('sha256', utf8('abc'));
  const copy = bytes.slice();
  copy[0] = 0;
  assert.equal(bytes[0], 0xba);
  assert.equal(bytes.constructor, Uint8Array);
});

it('compares secrets of any length', () => {
  assert.ok(sameSecret('one', utf8('one')));
  assert.ok(!sameSecret('one', 'two'));
  assert.ok(!sameSecret('one', 'one more'));
  assert.ok(!sameSecret('', 'x'));
});
