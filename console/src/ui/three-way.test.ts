import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { differences, merged, same } from './three-way.ts';

const before = { name: 'Wi-Fi', settings: { keySize: 2048, urls: ['a'], keyUsage: ['x'] } };

const briefly = (theirs: unknown, mine: unknown) =>
  differences(before, theirs, mine).map(({ path, by }) => `${path} ${by}`);

describe('two changes of the same thing', () => {
  for (const [what, theirs, mine, expected] of [
    ['nothing at all', before, before, []],
    ['the same done by both', { ...before, name: 'W' }, { ...before, name: 'W' }, []],
    ['one did something', { ...before, name: 'W' }, before, ['name them']],
    [
      'each did something else',
      { ...before, name: 'W' },
      { ...before, settings: { ...before.settings, keySize: 4096 } },
      ['name them', 'settings.keySize me'],
    ],
    ['both did something to one place', { ...before, name: 'W' }, { ...before, name: 'V' }, ['name both']],
    ['one took something away', { name: 'Wi-Fi' }, before, ['settings them']],
    [
      'lists are one value',
      { ...before, settings: { ...before.settings, urls: ['a', 'b'] } },
      { ...before, settings: { ...before.settings, urls: ['c'] } },
      ['settings.urls both'],
    ],
  ] as const)
    test(`are told apart: ${what}`, () => assert.deepEqual(briefly(theirs, mine), expected));

  test('come together, and where they do not fit one of them holds', () => {
    const theirs = { name: 'Theirs', settings: { keySize: 4096, urls: ['a'], keyUsage: ['x'] } };
    const mine = { name: 'Mine', settings: { keySize: 2048, urls: ['a', 'b'] } };
    const found = differences(before, theirs, mine);
    assert.deepEqual(
      merged(theirs, found, () => true),
      { name: 'Mine', settings: { keySize: 4096, urls: ['a', 'b'] } },
    );
    assert.equal(merged(theirs, found, () => false).name, 'Theirs');
  });

  test('of which one did nothing come to what the other did', () => {
    const value = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(fc.integer(), fc.array(fc.string()), fc.dictionary(fc.constantFrom('d', 'e'), fc.integer())),
    );
    fc.assert(
      fc.property(value, value, (one, other) => {
        assert.ok(
          same(
            merged(one, differences(one, one, other), () => false),
            other,
          ),
        );
        assert.ok(
          same(
            merged(other, differences(one, other, one), () => true),
            other,
          ),
        );
      }),
    );
  });
});
