import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex } from '../../lib/bytes.ts';
import { isFailure } from '../../lib/failure.ts';
import type { Leniency } from './leniency.ts';
import { children, contentBytes, finish, next, open, parseAsn1 } from './read.ts';
import {
  integerOctets,
  readBitString,
  readBoolean,
  readNamedBits,
  readOctetString,
  readOid,
  readSmallInteger,
  setElements,
} from './read-value.ts';
import { tag } from './tag.ts';

const hex = (text: string) => fromHex(text.replaceAll(' ', '')) ?? new Uint8Array();
const parse = (text: string, leniency: Leniency = {}) => parseAsn1(hex(text), { leniency });
const code = (expected: string) => (error: unknown) =>
  isFailure(error, expected) &&
  (error.kind === 'malformed' || error.kind === 'too-large') &&
  typeof error.params.offset === 'number';

for (const [name, bytes, expected] of [
  ['refuses no bytes at all', '', 'asn1-missing'],
  ['refuses a lone tag', '30', 'asn1-truncated'],
  ['refuses contents beyond the end', '30 03 02 01', 'asn1-truncated'],
  ['refuses a length that breaks off', '30 82 01', 'asn1-truncated'],
  ['refuses a length of five bytes', '30 85 00 00 00 00 00', 'asn1-length'],
  ['refuses a length with a leading zero', '04 82 00 01 00', 'asn1-non-minimal-length'],
  ['refuses a long form below 128', '04 81 01 00', 'asn1-non-minimal-length'],
  ['refuses bytes after the value', '05 00 00', 'asn1-left-over'],
  ['refuses tag numbers above 30', '1f 81 01 00', 'asn1-high-tag'],
  ['refuses end-of-contents octets as a value', '00 00', 'asn1-end-of-contents'],
  ['refuses indefinite length', '30 80 00 00', 'asn1-indefinite-length'],
] as const) {
  test(`${name}`, () => assert.throws(() => parse(bytes), code(expected)));
}

for (const [name, bytes, expected] of [
  ['refuses a primitive of indefinite length', '04 80 00 00', 'asn1-indefinite-primitive'],
  ['refuses an indefinite length without end', '30 80 05 00', 'asn1-truncated'],
  ['refuses half an end', '30 80 05 00 00', 'asn1-truncated'],
  ['refuses an end too many', '30 80 00 00 00 00', 'asn1-left-over'],
] as const) {
  test(`with indefiniteLength, ${name}`, () =>
    assert.throws(() => parse(bytes, { indefiniteLength: true }), code(expected)));
}

test('reads nested indefinite lengths and leaves the end-of-contents octets out', () => {
  const node = parse('30 80 30 80 02 01 07 00 00 05 00 00 00', { indefiniteLength: true });
  const [inner, end] = children(node, 'it');
  assert.deepEqual([inner?.tag, end?.tag], [tag.sequence, tag.null]);
  assert.equal(inner && readSmallInteger(next(open(inner, 'it'), tag.integer, 'it'), 'it'), 7);
});

test('joins the pieces of an octet string, nested ones too', () => {
  const lenient = { indefiniteLength: true, constructedOctetString: true };
  const node = parse('24 80 04 01 01 24 04 04 02 02 03 04 00 00 00', lenient);
  assert.deepEqual([...readOctetString(node, 'it')], [1, 2, 3]);
  assert.throws(() => readOctetString(parse('24 03 04 01 01'), 'it'), code('asn1-constructed-octet-string'));
  assert.throws(() => readOctetString(parse('24 02 05 00', lenient), 'it'), code('asn1-unexpected'));
});

test('one piece of an octet string is not copied', () => {
  const node = parse('24 04 04 02 05 06', { constructedOctetString: true });
  assert.equal(readOctetString(node, 'it').buffer, node.source.bytes.buffer);
});

test('a cursor names what it missed', () => {
  const cursor = open(parse('30 02 05 00'), 'it');
  assert.throws(() => next(cursor, tag.integer, 'the version'), /the version: expected INTEGER, found NULL/);
  assert.throws(() => finish(cursor, 'it'), code('asn1-left-over'));
  assert.throws(() => open(parse('05 00'), 'it'), code('asn1-not-constructed'));
});

for (const [name, read, bytes, expected] of [
  ['an empty INTEGER', integerOctets, '02 00', 'asn1-integer'],
  ['a padded INTEGER', integerOctets, '02 02 00 7f', 'asn1-non-minimal-integer'],
  ['a padded negative INTEGER', integerOctets, '02 02 ff 80', 'asn1-non-minimal-integer'],
  ['a negative version', readSmallInteger, '02 01 ff', 'asn1-integer'],
  ['a version beyond 31 bits', readSmallInteger, '02 05 01 00 00 00 00', 'asn1-integer'],
  ['a BOOLEAN of 01', readBoolean, '01 01 01', 'asn1-boolean'],
  ['a BOOLEAN of two bytes', readBoolean, '01 02 ff ff', 'asn1-boolean'],
  ['a BIT STRING that does not end on a byte', readBitString, '03 02 01 80', 'asn1-bit-string'],
  ['a BIT STRING without its count', readBitString, '03 00', 'asn1-bit-string'],
  ['named bits with a count of 8', readNamedBits, '03 02 08 80', 'asn1-bit-string'],
  ['an empty object identifier', readOid, '06 00', 'asn1-oid'],
  ['an object identifier that breaks off', readOid, '06 01 86', 'asn1-oid'],
  ['an object identifier with a padded arc', readOid, '06 03 2a 80 01', 'asn1-oid'],
] as const) {
  test(`refuses ${name}`, () => assert.throws(() => read(parse(bytes), 'it'), code(expected)));
}

test('each leniency lets exactly its deviation through', () => {
  assert.equal(contentBytes(parse('04 82 00 01 00', { nonMinimalLength: true })).length, 1);
  assert.equal(readSmallInteger(parse('02 02 00 7f', { nonMinimalInteger: true }), 'it'), 127);
  assert.equal(readBoolean(parse('01 01 01', { anyTrue: true }), 'it'), true);
  assert.equal(setElements(parse('31 06 02 01 02 02 01 01', { unsortedSet: true }), 'it').length, 2);
  assert.throws(() => setElements(parse('31 06 02 01 02 02 01 01'), 'it'), code('asn1-unsorted-set'));
});

test('reads named bits by position', () => {
  assert.deepEqual(readNamedBits(parse('03 02 05 a0'), 'it'), [0, 2]);
  assert.deepEqual(readNamedBits(parse('03 03 07 00 80'), 'it'), [8]);
  assert.deepEqual(readNamedBits(parse('03 01 00'), 'it'), []);
});

test('refuses nesting beyond the depth that was set', () => {
  let bytes = '0500';
  for (let i = 0; i < 40; i++) bytes = `30${(bytes.length / 2).toString(16).padStart(2, '0')}${bytes}`;
  let node = parse(bytes);
  assert.throws(() => {
    for (;;) node = next(open(node, 'it'), tag.sequence, 'it');
  }, code('asn1-too-deep'));
});

test('refuses input beyond the size that was set', () => {
  assert.throws(() => parseAsn1(hex('04 02 00 00'), { maxBytes: 3 }), code('asn1-too-large'));
});
