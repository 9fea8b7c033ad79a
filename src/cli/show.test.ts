import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facts, shortened, when } from './show.ts';

test('facts leave out what is not known, and show times as such', () => {
  assert.equal(
    facts({ a: 'x', none: null, empty: [], createdAt: 0, tags: ['y', 'z'] }),
    'a          x\ncreatedAt  1970-01-01T00:00:00Z\ntags       y, z',
  );
});

test('control characters of a name do not reach the terminal', () => {
  assert.equal(facts({ name: 'a\u001b[31mb' }), 'name  a\ufffd[31mb');
});

test('what never happened is a dash', () => assert.equal(when(null), '-'));

test('what is too long ends between words, with an ellipsis, and breaks no character', () => {
  assert.equal(shortened('as long as may be', 17), 'as long as may be');
  assert.equal(shortened('one word, and many more', 15), 'one word, and…');
  assert.equal(shortened('one wordandmanymore', 12), 'one wordand…');
  assert.equal(shortened('1234🦊67', 6), '1234…');
});
