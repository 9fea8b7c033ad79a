import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Budget, budgetFor } from '../../src/formats/asn1/budget.ts';
import { clientMessages } from '../../src/formats/asn1/leniency.ts';
import { next, open, parseAsn1 } from '../../src/formats/asn1/read.ts';
import { readOctetString } from '../../src/formats/asn1/read-value.ts';
import { tag } from '../../src/formats/asn1/tag.ts';
import {
  constructed,
  type Der,
  encode,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  sequenceOf,
  setOf,
} from '../../src/formats/asn1/write.ts';
import { contentType } from '../../src/formats/cms/content-type.ts';
import { parseEnvelopedData } from '../../src/formats/cms/enveloped-data.ts';
import { encodeSignedData, parseSignedData } from '../../src/formats/cms/signed-data.ts';
import { parsePkiMessage } from '../../src/formats/scep/pki-message.ts';
import { type Extension, encodeExtensions, readExtensions } from '../../src/formats/x509/extension.ts';
import { subjectAltNameExtension, subjectAltNames } from '../../src/formats/x509/subject-alt-name.ts';
import { concatBytes } from '../../src/lib/bytes.ts';
import { isFailure } from '../../src/lib/failure.ts';
import { vector } from './captured.ts';

const lenient = (budget: Budget) => ({ leniency: clientMessages, budget });
const refused = (code: string) => (error: unknown) => isFailure(error, code);

/** `opening` repeated, then `core`, then an end-of-contents for each opening. */
function indefiniteBomb(levels: number, core: Uint8Array, opening: number): Uint8Array {
  const bytes = new Uint8Array(levels * 4 + core.length);
  for (let i = 0; i < levels; i++) bytes.set([opening, 0x80], 2 * i);
  bytes.set(core, 2 * levels);
  return bytes;
}

/** ContentInfo of SignedData whose content is this element, raw. */
function signedDataAround(content: Uint8Array): Uint8Array {
  const body = sequence(
    integer(1),
    setOf([]),
    sequence(oid(contentType.data), constructed(0xa0, [content])),
    setOf([]),
  );
  return encode(sequence(oid(contentType.signedData), constructed(0xa0, [body])));
}

test('nesting by indefinite lengths stops at the depth, with little work', () => {
  const bomb = indefiniteBomb(50_000, Uint8Array.of(5, 0), 0x30);
  const budget = budgetFor(bomb.length);
  assert.throws(() => parseAsn1(bomb, lenient(budget)), refused('asn1-too-deep'));
  assert.ok(budget.spent < 100);
});

test('nesting of octet strings in pieces stops at the depth', () => {
  const bomb = signedDataAround(indefiniteBomb(20, Uint8Array.of(4, 1, 0x41), 0x24));
  assert.deepEqual(parseSignedData(bomb).content, Uint8Array.of(0x41));
  assert.throws(
    () => parseSignedData(signedDataAround(indefiniteBomb(5_000, Uint8Array.of(4, 1, 0x41), 0x24))),
    refused('asn1-too-deep'),
  );
});

test('indefinite lengths inside one another cost each element one visit to find its end, however deep', () => {
  const leaves = concatBytes(Array.from({ length: 10_000 }, () => Uint8Array.of(5, 0)));
  const bomb = indefiniteBomb(24, leaves, 0x30);
  const budget = budgetFor(bomb.length);
  let node = parseAsn1(bomb, lenient(budget));
  for (let level = 1; level < 24; level++) node = next(open(node, 'it'), tag.sequence, 'it');
  assert.ok(budget.spent < 10_000 + 2 * 24 + 1, String(budget.spent));
});

test('an octet string in pieces of one byte is joined in work proportional to its length', () => {
  const pieces = constructed(
    tag.octetString | 0x20,
    Array.from({ length: 50_000 }, (_, i) => octetString(Uint8Array.of(i & 0xff))),
  );
  const bytes = encode(pieces);
  const budget = budgetFor(bytes.length);
  const joined = readOctetString(parseAsn1(bytes, lenient(budget)), 'it');
  assert.equal(joined.length, 50_000);
  assert.ok(budget.spent <= bytes.length);
});

test('a budget that is spent ends the parse', () => {
  const bytes = vector('strongswan/enrol.der');
  const result = parsePkiMessage(bytes, { budget: { limit: 20, spent: 0 } });
  assert.equal(!result.ok && result.failure.code, 'asn1-too-much-work');
});

test('honest messages spend less than one unit per byte', () => {
  for (const name of ['micromdm/enrol', 'strongswan/enrol', 'certmonger/enrol']) {
    const bytes = vector(`${name}.der`);
    const budget = budgetFor(bytes.length);
    assert.ok(parsePkiMessage(bytes, { budget }).ok);
    assert.ok(budget.spent < bytes.length / 4, `${name}: ${budget.spent}`);
  }
});

test('a message beyond 256 KiB is refused unread', () => {
  const result = parsePkiMessage(new Uint8Array(256 * 1024 + 1).fill(0x30));
  assert.equal(!result.ok && result.failure.code, 'asn1-too-large');
});

test('a message stuffed with elements is refused or read in bounded work', () => {
  for (const stuffing of [nullValue, Uint8Array.of(0x30, 0), Uint8Array.of(0x31, 0), Uint8Array.of(0x04, 0)]) {
    const many: Der[] = Array.from({ length: 100_000 }, () => stuffing);
    for (const bytes of [
      encode(sequenceOf(many)),
      signedDataAround(encode(sequenceOf(many))),
      encodeSignedData({ contentType: contentType.data, certificates: many.map(encode), signers: [] }),
    ]) {
      const budget = budgetFor(bytes.length);
      assert.equal(parsePkiMessage(bytes, { budget }).ok, false);
      assert.ok(budget.spent <= bytes.length + 64);
      assert.throws(
        () => parseEnvelopedData(bytes),
        (error) => isFailure(error),
      );
    }
  }
});

test('lists that are compared with one another are bounded', () => {
  const extensions: Extension[] = Array.from({ length: 200 }, (_, i) => ({
    oid: `1.2.3.${i}`,
    critical: false,
    value: nullValue,
  }));
  assert.throws(
    () => readExtensions(parseAsn1(encode(encodeExtensions(extensions))), 'it'),
    refused('extensions-too-many'),
  );
  const names = Array.from({ length: 300 }, (_, i) => ({ kind: 'dns' as const, value: `n${i}` }));
  assert.throws(() => subjectAltNames(subjectAltNameExtension(names).value), refused('general-names-too-many'));
});
