import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../lib/failure.ts';
import { parsePem, pemBlocks, toPem } from './pem.ts';

const block = '-----BEGIN KEY-----\nAAEC\n-----END KEY-----\n';

test('reads several blocks with text between them and any line ends', () => {
  const labels = parsePem(
    `Subject: a\r\n${block.replaceAll('\n', '\r\n')}more\n${block.replaceAll('KEY', 'X509 CRL')}`,
  ).map(({ label }) => label);
  assert.deepEqual(labels, ['KEY', 'X509 CRL']);
});

test('blocks come back', () => {
  const der = fc.uint8Array({ minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ label: fc.constantFrom('CERTIFICATE', 'PRIVATE KEY', 'X509 CRL'), der }, { noNullPrototype: true }),
        { minLength: 1 },
      ),
      (blocks) => {
        assert.deepEqual(parsePem(blocks.map(({ label, der: bytes }) => toPem(label, bytes)).join('\n')), blocks);
      },
    ),
  );
});

for (const [name, text, code, line] of [
  ['a block without end', 'a\n-----BEGIN CERTIFICATE-----\nAAEC\n', 'pem-not-closed', 2],
  ['a block inside a block', '-----BEGIN CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n', 'pem-not-closed', 1],
  ['an end of another label', '-----BEGIN CERTIFICATE-----\nAAEC\n-----END KEY-----\n', 'pem-not-closed', 1],
  ['a block that is not Base64', '-----BEGIN KEY-----\nA*\n-----END KEY-----\n', 'pem-not-base64', 1],
  ['an empty block', '-----BEGIN KEY-----\n-----END KEY-----\n', 'pem-not-base64', 1],
  ['an encrypted block of the old form', '-----BEGIN KEY-----\nProc-Type: 4,ENCRYPTED\n', 'pem-encrypted', 2],
] as const) {
  test(`refuses ${name}`, () =>
    assert.throws(
      () => parsePem(text),
      (error) => isFailure(error, code) && error.params.line === line,
    ));
}

test('a text without the wanted block says so', () => {
  assert.throws(
    () => pemBlocks(toPem('KEY', Uint8Array.of(1)), 'CERTIFICATE'),
    (error) => isFailure(error, 'pem-missing'),
  );
});
