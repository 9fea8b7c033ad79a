import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseNewPassword } from './password.ts';

const words = ['Jordan Alvarez', 'jordan.alvarez@alder.example'];

const refused: readonly (readonly [name: string, password: string, code: string, reason?: string])[] = [
  ['eleven characters', 'corn-pillow', 'password-too-short'],
  ['characters are counted, not the units that they take', '💥💥💥💥💥💥', 'password-too-short'],
  ['too long', 'ab c'.repeat(100), 'password-too-long'],
  ['on the lists', 'correct horse battery staple', 'password-common', 'common'],
  ['on the lists, in other case and with signs between', 'Qwerty-UIOP-2024', 'password-common', 'common'],
  ['common with a year', 'Sunshine20252026', 'password-common', 'common'],
  ['common with digits and a sign', 'administrator1!', 'password-common', 'common'],
  ['one character', 'aaaaaaaaaaaaaaaa', 'password-common', 'repeated'],
  ['one word again and again', 'kite!kite!kite!', 'password-common', 'repeated'],
  ['the digits', '12345678901234', 'password-common', 'sequence'],
  ['the alphabet backwards', 'zyxwvutsrqponm', 'password-common', 'sequence'],
  ['rows of the keyboard', 'asdfghjkl;zxcvbnm', 'password-common', 'sequence'],
  ['the own name', 'JordanAlvarez7', 'password-common', 'name'],
  ['the own address', 'jordan.alvarez@alder.example', 'password-common', 'name'],
  ['the product', 'Scepward-2026!', 'password-common', 'common'],
];

for (const [name, password, code, reason] of refused)
  test(`refused: ${name}`, () => {
    assert.throws(
      () => parseNewPassword(password, words),
      (error: { code?: string; params?: { reason?: string; field?: string }; message?: string }) => {
        assert.deepEqual([error.code, error.params?.reason, error.params?.field], [code, reason, 'password']);
        assert.ok(!error.message?.includes(password), 'the message does not repeat it');
        return true;
      },
    );
  });

for (const password of [
  'quiet otters juggle',
  'nur kleinbuchstaben',
  'mit Jordan am See gewesen',
  'übergrößenträger!',
  '旧正月は家族と過ごす予定です',
  'k7Qw2pLz9vXc',
  'xxxplumbob harvest',
])
  test(`taken: ${password}`, () => {
    assert.equal(parseNewPassword(password, words), password.normalize('NFKC'));
  });

test('typed composed or decomposed it is the same', () => {
  const text = 'Zürich im Nebel';
  assert.equal(parseNewPassword(text.normalize('NFD'), []), parseNewPassword(text.normalize('NFC'), []));
});

test('random passwords are taken', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (bytes) => {
      const password = Buffer.from(bytes).toString('base64');
      fc.pre(new Set(password).size > 8);
      assert.equal(parseNewPassword(password, words), password);
    }),
  );
});
