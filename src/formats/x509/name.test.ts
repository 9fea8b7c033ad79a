import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toHex } from '../../lib/bytes.ts';
import { isFailure } from '../../lib/failure.ts';
import { tag } from '../asn1/tag.ts';
import { decodeName, encodeName, type Name, nameAttribute, nameOf } from './name.ts';
import { nameText, parseNameText } from './name-text.ts';
import { nameDifferences, preparedText, sameName } from './same-name.ts';

const CN = '2.5.4.3';
const O = '2.5.4.10';
const C = '2.5.4.6';
const DC = '0.9.2342.19200300.100.1.25';
const utf8 = (type: string, value: string) => ({ type, tag: tag.utf8String, value });
const printable = (type: string, value: string) => ({ type, tag: tag.printableString, value });

test('encodes the string types RFC 5280 prescribes', () => {
  const attribute = (type: string, value: string) => toHex(encodeName(nameOf([[type, value]])));
  assert.equal(attribute(C, 'NO'), '300d310b3009060355040613024e4f');
  assert.equal(attribute(CN, 'Åse'), '300f310d300b06035504030c04c3857365');
  assert.equal(attribute(DC, 'a'), '30133111300f060a0992268993f22c640119160161');
});

test('a value that its prescribed type cannot hold becomes UTF8String', () => {
  assert.equal(nameAttribute(C, 'Ø').tag, tag.utf8String);
  assert.equal(nameAttribute(DC, 'é').tag, tag.utf8String);
});

test('what was decoded encodes to the same bytes, whatever the string types', () => {
  const value = fc.string({ unit: fc.constantFrom(...'abcXYZ019 -') });
  const attribute = fc.record({
    type: fc.constantFrom(CN, O, C, DC, '1.2.3.4'),
    tag: fc.constantFrom(12, 19, 20, 22, 26, 28, 30),
    value,
  });
  const raw = fc.record({ type: fc.constant('1.2.3.4'), tag: fc.constantFrom(3, 4, 48), value: fc.uint8Array() });
  const name = fc.array(fc.array(fc.oneof(attribute, raw), { minLength: 1, maxLength: 3 }), { maxLength: 5 });
  fc.assert(
    fc.property(name, (rdns) => {
      const der = encodeName(rdns);
      assert.deepEqual(encodeName(decodeName(der)), der);
      assert.equal(sameName(decodeName(der), rdns), true);
    }),
  );
});

test('bounds the attributes of an RDN and the RDNs of a name', () => {
  const one = utf8(CN, 'a');
  const code = (error: unknown) => isFailure(error, 'name-too-long');
  assert.throws(() => decodeName(encodeName([Array.from({ length: 17 }, () => one)])), code);
  assert.throws(() => decodeName(encodeName(Array.from({ length: 129 }, () => [one]))), code);
  assert.throws(
    () => decodeName(Uint8Array.of(0x30, 2, 0x31, 0)),
    (error) => isFailure(error, 'name-empty-rdn'),
  );
});

for (const [name, a, b] of [
  ['string types do not matter', utf8(CN, 'Ada'), printable(CN, 'Ada')],
  ['case does not matter', utf8(CN, 'ADA ÅSE'), utf8(CN, 'ada åse')],
  ['spaces around do not matter', utf8(CN, '  Ada '), utf8(CN, 'Ada')],
  ['runs of spaces count as one', utf8(CN, 'Ada   Lovelace'), utf8(CN, 'Ada Lovelace')],
  ['kinds of spaces do not matter', utf8(CN, 'Ada\u00a0Lovelace'), utf8(CN, 'Ada Lovelace')],
  ['composition does not matter', utf8(CN, 'A\u030ase'), utf8(CN, 'Åse')],
  ['compatibility forms do not matter', utf8(CN, 'ﬁle'), utf8(CN, 'FILE')],
  ['sharp s folds to ss', utf8(CN, 'Straße'), utf8(CN, 'STRASSE')],
  ['final sigma folds to sigma', utf8(CN, 'ΟΔΟΣ'), utf8(CN, 'οδος')],
  ['invisible characters vanish', utf8(CN, 'A\u00adda\u200b'), utf8(CN, 'Ada')],
] as const) {
  test(`same name: ${name}`, () => assert.equal(sameName([[a]], [[b]]), true));
}

for (const [name, a, b] of [
  ['another value', [[utf8(CN, 'Ada')]], [[utf8(CN, 'Eve')]]],
  ['another type', [[utf8(CN, 'Ada')]], [[utf8(O, 'Ada')]]],
  ['another order', [[utf8(CN, 'a')], [utf8(O, 'b')]], [[utf8(O, 'b')], [utf8(CN, 'a')]]],
  ['an RDN more', [[utf8(CN, 'a')]], [[utf8(CN, 'a')], [utf8(O, 'b')]]],
  ['two RDNs instead of a multi-valued one', [[utf8(CN, 'a'), utf8(O, 'b')]], [[utf8(CN, 'a')], [utf8(O, 'b')]]],
  ['the same attribute twice', [[utf8(CN, 'a'), utf8(CN, 'b')]], [[utf8(CN, 'a'), utf8(CN, 'a')]]],
  ['an inner space', [[utf8(CN, 'Ada Lovelace')]], [[utf8(CN, 'AdaLovelace')]]],
  ['a dotless i', [[utf8(CN, 'ı')]], [[utf8(CN, 'i')]]],
  ['a separator inside the value', [[utf8(CN, 'a,O=b')]], [[utf8(CN, 'a')], [utf8(O, 'b')]]],
] as [string, Name, Name][]) {
  test(`not the same name: ${name}`, () => assert.equal(sameName(a, b), false));
}

test('attributes of a multi-valued RDN match in any order', () => {
  assert.equal(sameName([[utf8(CN, 'a'), utf8(O, 'b')]], [[utf8(O, 'B'), utf8(CN, 'A')]]), true);
});

test('says where names part', () => {
  const expected = nameOf([
    [C, 'NO'],
    [O, 'Acme'],
    [CN, 'pc-1'],
  ]);
  const received = nameOf([
    [C, 'no'],
    [CN, 'pc-2'],
  ]);
  assert.deepEqual(nameDifferences(expected, received), [
    { position: 1, kind: 'different-type', attribute: 'O', expected: 'O=Acme', received: 'CN=pc-2' },
    { position: 2, kind: 'missing', attribute: 'CN', expected: 'CN=pc-1', received: undefined },
  ]);
  assert.deepEqual(
    nameDifferences(
      nameOf([[CN, 'a']]),
      nameOf([
        [CN, 'b'],
        [O, 'x'],
      ]),
    ),
    [
      { position: 0, kind: 'different-value', attribute: 'CN', expected: 'CN=a', received: 'CN=b' },
      { position: 1, kind: 'unexpected', attribute: 'O', expected: undefined, received: 'O=x' },
    ],
  );
  assert.deepEqual(nameDifferences(expected, expected), []);
});

test('preparation is idempotent', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      assert.equal(preparedText(preparedText(value)), preparedText(value));
    }),
  );
});

for (const [text, expected] of [
  ['', []],
  [
    'CN=Ada Lovelace,OU=People,DC=example,DC=com',
    [
      [DC, 'com'],
      [DC, 'example'],
      ['2.5.4.11', 'People'],
      [CN, 'Ada Lovelace'],
    ],
  ],
  [
    'CN=Lovelace\\, Ada,O=x',
    [
      [O, 'x'],
      [CN, 'Lovelace, Ada'],
    ],
  ],
  ['CN=Lovelace\\2C Ada', [[CN, 'Lovelace, Ada']]],
  ['CN=Lu\\C4\\8Di\\C4\\87', [[CN, 'Lučić']]],
  [
    'cn = Ada , o = x',
    [
      [O, 'x'],
      [CN, 'Ada'],
    ],
  ],
  ['CN=\\ x\\ ', [[CN, ' x ']]],
  [
    '2.5.4.3=Ada,OID.2.5.4.10=x',
    [
      [O, 'x'],
      [CN, 'Ada'],
    ],
  ],
  ['CN=a\\\\b\\"c\\+d\\;e\\<f\\>g\\=h', [[CN, 'a\\b"c+d;e<f>g=h']]],
  ['CN=a=b', [[CN, 'a=b']]],
  ['CN=', [[CN, '']]],
] as [string, [string, string][]][]) {
  test(`reads the name "${text}"`, () => assert.deepEqual(parseNameText(text), nameOf(expected)));
}

test('reads multi-valued RDNs and hex values', () => {
  assert.deepEqual(parseNameText('CN=a+O=b,C=#13024E4F'), [[printable(C, 'NO')], [utf8(CN, 'a'), utf8(O, 'b')]]);
});

for (const [text, column] of [
  ['CN', 1],
  ['XX=a', 1],
  ['CN=a,', 6],
  ['CN=a\\x', 5],
  ['CN=a"b', 5],
  ['CN=a;O=b', 5],
  ['CN=\\FF', 4],
  ['CN=#13', 4],
  ['CN=#zz', 4],
] as const) {
  test(`refuses the name "${text}"`, () =>
    assert.throws(
      () => parseNameText(text),
      (error) => isFailure(error, 'name-text') && error.params.column === column,
    ));
}

test('text of a name reads back as the name', () => {
  const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...'a ,+="\\#;<>\n') }));
  const attribute = fc
    .tuple(fc.constantFrom(CN, O, C, DC, '1.2.3.4'), value)
    .map(([type, text]) => nameAttribute(type, text));
  fc.assert(
    fc.property(fc.array(fc.array(attribute, { minLength: 1, maxLength: 2 }), { maxLength: 4 }), (name) => {
      assert.deepEqual(parseNameText(nameText(name)), name);
    }),
  );
});
