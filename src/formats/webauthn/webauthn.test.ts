import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concatBytes, utf8 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';
import { parseAuthenticatorData } from './authenticator-data.ts';
import { parseClientData } from './client-data.ts';

const hash = new Uint8Array(32).fill(7);
const data = (flags: number, rest: readonly number[] = []) =>
  concatBytes([hash, Uint8Array.of(flags, 0, 0, 1, 2, ...rest)]);

test('flags, counter and credential id stand where WebAuthn §6.1 has them', () => {
  assert.deepEqual(parseAuthenticatorData(data(0x05)), {
    rpIdHash: hash,
    userPresent: true,
    userVerified: true,
    backedUp: false,
    signCount: 258,
    credentialId: null,
  });
  const aaguid = Array.from({ length: 16 }, () => 0);
  const made = parseAuthenticatorData(data(0x51, [...aaguid, 0, 3, 9, 8, 7, 0xa0]));
  assert.deepEqual([made.userVerified, made.backedUp, made.credentialId], [false, true, Uint8Array.of(9, 8, 7)]);
});

test('what is cut short is refused', () => {
  const aaguid = Array.from({ length: 16 }, () => 0);
  for (const bytes of [
    new Uint8Array(0),
    data(0x05).slice(0, 36),
    data(0x41),
    data(0x41, [...aaguid, 0, 3, 9]),
    data(0x41, [...aaguid, 0, 0]),
    data(0x41, [...aaguid, 255, 255, ...Array.from({ length: 70_000 }, () => 1)]),
  ])
    assert.throws(() => parseAuthenticatorData(bytes), { code: 'passkey-malformed' });
});

test('client data is JSON with what §5.8.1 names, and may have more', () => {
  const text = { type: 'webauthn.get', challenge: 'c', origin: 'https://x', other: 1 };
  const parse = (value: unknown) => parseClientData(utf8(typeof value === 'string' ? value : JSON.stringify(value)));
  assert.deepEqual(parse(text), { type: 'webauthn.get', challenge: 'c', origin: 'https://x', crossOrigin: false });
  assert.equal(parse({ ...text, crossOrigin: true }).crossOrigin, true);
  for (const wrong of ['', '[]', 'null', '{', { ...text, type: 'x' }, { ...text, challenge: 1 }, { type: text.type }])
    assert.throws(() => parse(wrong), { code: 'passkey-malformed' });
});

test('no bytes are anything but parsed or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const parse of [parseAuthenticatorData, parseClientData])
        try {
          parse(bytes);
        } catch (error) {
          assert.ok(error instanceof Failure);
        }
    }),
  );
});
