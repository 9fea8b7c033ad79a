import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { fromBase64, toBase64, toBase64Url } from './bytes.ts';

test('base64 in either alphabet, padded or not, comes back as the bytes it was made of', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'));
      for (const text of [toBase64(bytes), toBase64(bytes).replace(/=+$/, ''), toBase64Url(bytes)])
        assert.deepEqual(fromBase64(text), bytes, text);
    }),
  );
});

test('what is no base64 is told from it', () => {
  for (const text of ['a', 'abcde', 'ab=c', 'ab c', 'YQ==\n', 'äbcd', '====', 'abc===', '€€€€', 'YW\u{1F600}'])
    assert.equal(fromBase64(text), undefined, JSON.stringify(text));
});
