import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../lib/failure.ts';
import { parseJson } from './parse-json.ts';

test('what JSON.stringify writes is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), (value, pretty) => {
      const text = JSON.stringify(value, null, pretty ? 2 : 0);
      assert.deepEqual(parseJson(text), JSON.parse(text));
    }),
  );
});

test('whatever JSON.parse refuses is refused, with a place and never with another error', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), fc.string({ maxLength: 3 }), (value, at, put) => {
      const whole = JSON.stringify(value);
      const text = whole.slice(0, at % (whole.length + 1)) + put + whole.slice((at % (whole.length + 1)) + 1);
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        assert.throws(
          () => parseJson(text),
          (error) => isFailure(error, 'json-malformed') && Number(error.params.line) >= 1,
        );
        return;
      }
      try {
        assert.deepEqual(parseJson(text), expected);
      } catch (error) {
        // Duplicate keys are the one thing that is refused here alone.
        assert.ok(isFailure(error, 'json-malformed') && error.message.includes('second time'), String(error));
      }
    }),
    { numRuns: 500 },
  );
});

for (const [name, text, place, says] of [
  ['a text that was cut off', '{"value":[{"displayName":"A","keyU', '1:35 value.0', /cut off/],
  ['one cut within a word', '{"a": [1, tru', '1:14 a.1', /cut off/],
  ['one cut between values', '{"a": [1,\n 2', '2:3 a.2', /cut off/],
  ['a duplicate key', '{\n "a": {"b": 1,\n  "b": 2}}', '3:3 a.b', /“b” stands here a second time/],
  ['a duplicate key written another way', '{"a":1,"\\u0061":2}', '1:8 a', /second time/],
  ['a web page', '<!DOCTYPE html><html></html>', '1:1 ', /web page/],
  ['a comma too many', '{"a":[1,]}', '1:9 a.1', /a value was expected, and “\]”/],
  ['a name without quotes', '{a: 1}', '1:2 ', /a name in double quotes/],
  ['single quotes', "{'a': 1}", '1:2 ', /double quotes/],
  ['something behind the end', '{} {}', '1:4 ', /has ended/],
  ['a line break inside a text', '{"a":"x\ny"}', '1:8 a', /the end of a text was expected, and U\+000A/],
  ['an unknown escape', '{"a":"\\x41"}', '1:7 a', /\\x is no escape/],
  ['nothing', ' \n', '2:1 ', /empty/],
  ['UTF-16 taken for UTF-8', '\ufffd\ufffd{\0"\0', '1:1 ', /“\ufffd”/],
  ['a number with a leading zero', '[012]', '1:2 0', /a value/],
] as const)
  test(`${name} is refused where it is`, () => {
    assert.throws(
      () => parseJson(text),
      (error) => {
        assert.ok(isFailure(error, 'json-malformed'), String(error));
        assert.equal(`${error.params.line}:${error.params.column} ${error.params.path}`, place);
        assert.match(error.message, says);
        return true;
      },
    );
  });

test('deep nesting is refused, and breadth is not', () => {
  assert.throws(
    () => parseJson('['.repeat(100_000)),
    (error) => isFailure(error, 'json-malformed') && error.message.includes('64 levels'),
  );
  assert.equal((parseJson(`[${'{},'.repeat(99_999)}{}]`) as unknown[]).length, 100_000);
});

test('a byte order mark is skipped, and no name reaches the prototype', () => {
  const read = parseJson('\ufeff{"__proto__":{"x":1},"a":2}') as Record<string, unknown>;
  assert.deepEqual(Object.keys(read), ['__proto__', 'a']);
  assert.equal(read.x, undefined);
});
