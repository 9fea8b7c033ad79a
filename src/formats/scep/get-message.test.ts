import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toBase64, toBase64Url } from '../../lib/bytes.ts';
import { isFailure } from '../../lib/failure.ts';
import { formatCapabilities, parseCapabilities } from './capabilities.ts';
import { decodeGetMessage } from './get-message.ts';

const writers: Record<string, (bytes: Uint8Array) => string> = {
  'percent-encoded in full (certmonger)': (bytes) => encodeURIComponent(toBase64(bytes)),
  'with bare + and / (macOS)': (bytes) => toBase64(bytes).replaceAll('=', '%3D'),
  'with spaces where + stood': (bytes) => toBase64(bytes).replaceAll('+', '%20'),
  'in the url-safe alphabet without padding': toBase64Url,
  'without padding': (bytes) => toBase64(bytes).replaceAll('=', ''),
  'with line breaks': (bytes) => encodeURIComponent(toBase64(bytes).replace(/.{1,64}/g, '$&\r\n')),
  'as it is': toBase64,
};

for (const [name, write] of Object.entries(writers)) {
  test(`reads a message ${name}`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        assert.deepEqual(decodeGetMessage(`operation=PKIOperation&message=${write(bytes)}`), bytes);
        assert.deepEqual(decodeGetMessage(`?Message=${write(bytes)}&operation=PKIOperation`), bytes);
      }),
    );
  });
}

test('a query without a message gives none', () => assert.equal(decodeGetMessage('operation=PKIOperation'), undefined));

for (const query of [
  'message=',
  'message',
  'message=%',
  'message=%ff',
  'message=a*',
  'message=AAAAA',
  'message=%C3%A9',
]) {
  test(`refuses "${query}"`, () =>
    assert.throws(
      () => decodeGetMessage(query),
      (error) => isFailure(error, 'scep-get-message'),
    ));
}

test('capabilities are read in any case and with any line ends, unknown ones ignored', () => {
  assert.deepEqual(parseCapabilities('aes\r\nsha-256 \nFuture\n\nRenewal'), new Set(['AES', 'SHA-256', 'Renewal']));
});

test('SCEPStandard stands for what it makes mandatory (RFC 8894 §3.5.2)', () => {
  assert.deepEqual(
    parseCapabilities('SCEPStandard\n'),
    new Set(['SCEPStandard', 'AES', 'POSTPKIOperation', 'SHA-256']),
  );
});

test('capabilities are one per line without trailing spaces', () => {
  assert.equal(formatCapabilities(['AES', 'SHA-256']), 'AES\nSHA-256\n');
});
