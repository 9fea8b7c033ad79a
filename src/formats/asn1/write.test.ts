import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toHex } from '../../lib/bytes.ts';
import { oidBytes } from './oid.ts';
import { children, contentBytes, parseAsn1, rawBytes } from './read.ts';
import { integerOctets, readNamedBits, readOid, setElements } from './read-value.ts';
import { tag } from './tag.ts';
import { isPrintable, readText, text } from './text.ts';
import { readTime, time } from './time.ts';
import {
  bitString,
  constructed,
  type Der,
  encode,
  enumerated,
  explicit,
  implicit,
  implicitPrimitive,
  integer,
  namedBits,
  octetString,
  primitive,
  sequence,
  setOf,
  unsignedInteger,
} from './write.ts';

const hex = (der: Der) => toHex(encode(der));

for (const [name, der, expected] of [
  ['zero', integer(0), '020100'],
  ['127', integer(127), '02017f'],
  ['128 with a sign byte', integer(128), '02020080'],
  ['-1', integer(-1), '0201ff'],
  ['-129', integer(-129), '0202ff7f'],
  ['2^64', integer(2n ** 64n), '0209010000000000000000'],
  ['an unsigned number, its sign byte added', unsignedInteger(Uint8Array.of(0x80)), '02020080'],
  ['an unsigned number, its zeros dropped', unsignedInteger(Uint8Array.of(0, 0, 1)), '020101'],
  ['an unsigned number, one zero kept', unsignedInteger(Uint8Array.of(0, 0, 0x80)), '02020080'],
  ['unsigned zero', unsignedInteger(Uint8Array.of(0, 0)), '020100'],
  ['an unsigned number of no bytes', unsignedInteger(new Uint8Array()), '020100'],
  ['ENUMERATED', enumerated(4), '0a0104'],
  ['a bit string', bitString(Uint8Array.of(1, 2)), '0303000102'],
  ['named bits', namedBits([5, 6]), '03020106'],
  ['named bits in the second byte', namedBits([8]), '0303070080'],
  ['no named bits', namedBits([]), '030100'],
  ['nothing for an absent part', sequence(undefined, integer(1)), '3003020101'],
  ['an explicit tag', explicit(3, integer(1)) ?? new Uint8Array(), 'a303020101'],
  ['an implicit constructed tag', implicit(0, [integer(1)]), 'a003020101'],
  ['an implicit primitive tag', implicitPrimitive(6, Uint8Array.of(0x61)), '860161'],
  ['a sorted SET OF', setOf([integer(300), integer(2), integer(1)]), '310a0201010201020202012c'],
  ['an object identifier', oidBytes('1.2.840.113549.1.1.11'), '06092a864886f70d01010b'],
  ['an object identifier of a large arc', oidBytes('2.999.4294967296'), '0607883790808080' + '00'],
  ['UTCTime', time(Date.UTC(2049, 11, 31, 23, 59, 59, 999)), `170d${toHex(new TextEncoder().encode('491231235959Z'))}`],
  ['GeneralizedTime', time(Date.UTC(2050, 0, 1)), `180f${toHex(new TextEncoder().encode('20500101000000Z'))}`],
] as const) {
  test(`writes ${name}`, () => assert.equal(hex(der), expected));
}

for (const length of [0, 127, 128, 255, 256, 65535, 65536, 0x1000000]) {
  test(`reads back ${length} bytes`, () => {
    const der = encode(octetString(new Uint8Array(length)));
    assert.equal(contentBytes(parseAsn1(der, { maxBytes: 2 ** 26 })).length, length);
  });
}

test('a tree encodes as its parts encoded one by one', () => {
  const { tree } = fc.letrec<{ tree: Der; leaf: Der; node: Der }>((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('node')),
    leaf: fc.uint8Array({ maxLength: 300 }).map((bytes) => primitive(tag.octetString, bytes)),
    node: fc.array(tie('tree'), { maxLength: 4 }).map((parts) => constructed(tag.sequence, parts)),
  }));
  const plain = (der: Der): number[] => {
    if (der instanceof Uint8Array) return [...der];
    const content = der.parts.flatMap((part) => (part === undefined ? [] : plain(part)));
    const size = content.length;
    const length =
      size < 128
        ? [size]
        : size < 256
          ? [0x81, size]
          : size < 65536
            ? [0x82, size >> 8, size & 255]
            : [0x83, size >> 16, (size >> 8) & 255, size & 255];
    return [der.tag, ...length, ...content];
  };
  fc.assert(fc.property(tree, (der) => assert.deepEqual([...encode(der)], plain(der))));
});

test('numbers come back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (value) => {
      const octets = integerOctets(parseAsn1(encode(integer(value))), 'it');
      assert.equal(BigInt.asIntN(8 * octets.length, BigInt(`0x${toHex(octets)}`)), value);
    }),
  );
});

test('object identifiers come back', () => {
  const arcs = fc.array(fc.oneof(fc.nat(200), fc.bigInt({ min: 0n, max: 2n ** 64n })), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.nat(2), fc.nat(39), arcs, (top, second, rest) => {
      const dotted = [top, second, ...rest].join('.');
      assert.equal(readOid(parseAsn1(oidBytes(dotted)), 'it'), dotted);
    }),
  );
});

test('times come back, cut to seconds', () => {
  const range = { min: Date.UTC(1950, 0, 1), max: Date.UTC(9999, 11, 31) };
  fc.assert(
    fc.property(fc.integer(range), (moment) => {
      assert.equal(readTime(parseAsn1(encode(time(moment))), 'it'), Math.floor(moment / 1000) * 1000);
    }),
  );
});

for (const [name, value] of [
  ['a 29th of February in 2025', '250229000000Z'],
  ['a 13th month', '251301000000Z'],
  ['an hour 24', '250101240000Z'],
  ['a time without seconds', '2501010000Z'],
  ['a time with an offset', '250101000000+0000'],
  ['a fraction', '20250101000000.5Z'],
] as const) {
  test(`refuses ${name}`, () => {
    const octet = value.length > 15 && value.includes('.') ? tag.generalizedTime : tag.utcTime;
    assert.throws(() => readTime(parseAsn1(encode(text(octet, value))), 'it'), { code: 'asn1-time' });
  });
}

test('years of UTCTime turn over at 50', () => {
  const year = (value: string) =>
    new Date(readTime(parseAsn1(encode(text(tag.utcTime, value))), 'it')).getUTCFullYear();
  assert.deepEqual([year('491231235959Z'), year('500101000000Z'), year('000101000000Z')], [2049, 1950, 2000]);
});

for (const [name, octet, unit] of [
  ['UTF8String', tag.utf8String, 'grapheme'],
  ['BMPString', tag.bmpString, 'binary'],
  ['UniversalString', tag.universalString, 'grapheme'],
  ['T61String', tag.t61String, fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))],
  ['IA5String', tag.ia5String, fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code))],
  ['PrintableString', tag.printableString, fc.constantFrom(..."ABCxyz019 '()+,-./:=?")],
] as const) {
  test(`${name} comes back`, () => {
    fc.assert(
      fc.property(fc.string({ unit }), (value) => {
        assert.equal(readText(parseAsn1(encode(text(octet, value))), 'it'), value);
      }),
    );
  });
}

test('refuses text that is not what it says', () => {
  const read =
    (octet: number, ...bytes: number[]) =>
    () =>
      readText(parseAsn1(encode(primitive(octet, Uint8Array.from(bytes)))), 'it');
  assert.throws(read(tag.utf8String, 0xc3, 0x28), { code: 'asn1-text' });
  assert.throws(read(tag.printableString, 0x40), { code: 'asn1-text' });
  assert.throws(read(tag.ia5String, 0xe9), { code: 'asn1-text' });
  assert.throws(read(tag.bmpString, 0), { code: 'asn1-text' });
  assert.throws(read(tag.universalString, 0, 0x11, 0, 0), { code: 'asn1-text' });
  assert.throws(read(tag.octetString, 0x41), { code: 'asn1-unexpected' });
  assert.equal(isPrintable('a@b'), false);
});

test('named bits come back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(40)), (bits) => {
      const sorted = bits.sort((a, b) => a - b);
      assert.deepEqual(readNamedBits(parseAsn1(encode(namedBits(bits))), 'it'), sorted);
    }),
  );
});

test('a SET OF is in the order its reader demands', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5 })), (values) => {
      const set = parseAsn1(encode(setOf(values.map((bytes) => octetString(bytes)))));
      assert.equal(setElements(set, 'it').length, values.length);
      assert.deepEqual(
        children(set, 'it').map((node) => toHex(rawBytes(node))),
        values.map((bytes) => hex(octetString(bytes))).sort(),
      );
    }),
  );
});
