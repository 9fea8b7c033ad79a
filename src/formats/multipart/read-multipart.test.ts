import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concatBytes, fromUtf8, utf8 } from '../../lib/bytes.ts';
import { isFailure } from '../../lib/failure.ts';
import { readMultipart } from './read-multipart.ts';

const type = 'multipart/form-data; boundary=xyz';

async function* cut(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function parts(body: Uint8Array, contentType = type, size = 3): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const { name, bytes } of readMultipart(contentType, cut(body, size))) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    found.push([name, fromUtf8(concatBytes(chunks)) ?? '(bytes)']);
  }
  return found;
}

const part = (name: string, value: string) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;

test('gives every part, however the body is cut', async () => {
  const values = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '-', '--xy', 'é', '\r\n--xy') });
  await fc.assert(
    fc.asyncProperty(fc.array(values, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), async (texts, size) => {
      const body = texts.map((text, i) => `--xyz\r\n${part(`f${i}`, text)}\r\n`).join('');
      assert.deepEqual(
        await parts(utf8(`${body}--xyz--\r\n`), type, size),
        texts.map((text, i) => [`f${i}`, text]),
      );
    }),
  );
});

test('what nobody reads is passed over', async () => {
  const body = utf8(`preamble\r\n--xyz\r\n${part('a', 'long enough')}\r\n--xyz\r\n${part('b', '2')}\r\n--xyz--`);
  const names: string[] = [];
  for await (const { name } of readMultipart('multipart/form-data; boundary="xyz"', cut(body, 4))) names.push(name);
  assert.deepEqual(names, ['a', 'b']);
});

test('what a browser and Node send is read', async () => {
  const form = new FormData();
  form.set('users', new Blob(['userPrincipalName\na@b\n']), 'users.csv');
  form.set('empty', '');
  const request = new Request('http://x.example', { method: 'POST', body: form });
  const body = new Uint8Array(await request.arrayBuffer());
  assert.deepEqual(await parts(body, request.headers.get('content-type') ?? ''), [
    ['users', 'userPrincipalName\na@b\n'],
    ['empty', ''],
  ]);
});

for (const [name, body, contentType] of [
  ['without a boundary', '--xyz--', 'multipart/form-data'],
  ['cut off in a part', `--xyz\r\n${part('a', '1')}`, type],
  ['cut off in the headers', '--xyz\r\nContent-Dis', type],
  ['with a nameless part', '--xyz\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xyz--', type],
  ['with garbage after a delimiter', `--xyzabc${part('a', '1')}\r\n--xyz--`, type],
  ['with endless headers', `--xyz\r\n${'X: y\r\n'.repeat(2000)}\r\n1\r\n--xyz--`, type],
  ['empty', '', type],
] as const)
  test(`a body ${name} is refused`, async () => {
    await assert.rejects(parts(utf8(body), contentType, 1000), (error) => isFailure(error, 'multipart-malformed'));
  });
