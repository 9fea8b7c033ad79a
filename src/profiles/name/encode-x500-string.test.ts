import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tag } from '../../formats/asn1/tag.ts';
import { decodeName, encodeName, type Name } from '../../formats/x509/name.ts';
import { sameName } from '../../formats/x509/same-name.ts';
import { toHex } from '../../lib/bytes.ts';
import { encodeX500String } from './encode-x500-string.ts';
import { formatX500String } from './format-x500-string.ts';
import type { X500Options } from './parse-x500-syntax.ts';
import { x500Attribute } from './x500-key.ts';

const cn = '2.5.4.3';
const ou = '2.5.4.11';

function pairs(text: string, options: X500Options = {}) {
  const result = encodeX500String(text, options);
  if (!result.ok) assert.fail(`${result.error.code} at ${result.error.offset}: ${result.error.detail}`);
  return result.name.map((rdn) =>
    rdn.map(({ type, value }) => [type, typeof value === 'string' ? value : `#${toHex(value)}`]),
  );
}

type Accepted = readonly [title: string, text: string, expected: unknown, options?: X500Options];

const accepted: readonly Accepted[] = [
  ['a doubled quote is one quote', 'CN="User ""one"""', [[[cn, 'User "one"']]]],
  [
    'a quoted value holds separators',
    'CN="Test User (TestCompany, LLC)",OU=UserAccounts,DC=corp',
    [[[cn, 'Test User (TestCompany, LLC)']], [[ou, 'UserAccounts']], [['0.9.2342.19200300.100.1.25', 'corp']]],
  ],
  ['# is an octet string, blanks inside do not count', '1.2.3=#AB CD 01', [[['1.2.3', '#abcd01']]]],
  ['the same without blanks', 'OID.1.2.3=#ABCD01', [[['1.2.3', '#abcd01']]]],
  ['oid. in any case', 'oid.1.2.3=x', [[['1.2.3', 'x']]]],
  [
    'plus joins one RDN',
    'CN=a+OU=b',
    [
      [
        [cn, 'a'],
        [ou, 'b'],
      ],
    ],
  ],
  ['a semicolon separates', 'CN=x;OU=y', [[[cn, 'x']], [[ou, 'y']]]],
  ['separators mix', 'CN=x;OU=y,OU=z', [[[cn, 'x']], [[ou, 'y']], [[ou, 'z']]]],
  ['blanks around keys and values are trimmed', 'cn = x , ou = y ', [[[cn, 'x']], [[ou, 'y']]]],
  ['blanks around a quoted value', ' CN = " x " ; ou=y', [[[cn, ' x ']], [[ou, 'y']]]],
  ['inner blanks stay', 'CN=a  b', [[[cn, 'a  b']]]],
  ['a backslash is a character', 'CN=Lab\\Bench', [[[cn, 'Lab\\Bench']]]],
  ['an equals sign inside a value', 'CN=a=b', [[[cn, 'a=b']]]],
  ['a quote inside a bare value', 'CN=a"b"', [[[cn, 'a"b"']]]],
  ['a number sign further on', 'CN=a#b', [[[cn, 'a#b']]]],
  ['a quoted number sign', 'CN="#1 Support"', [[[cn, '#1 Support']]]],
  ['an empty value in quotes', 'CN=""', [[[cn, '']]]],
  ['one separator may end the text', 'CN=a,', [[[cn, 'a']]]],
  ['one separator alone', ' , ', []],
  ['nothing', '', []],
  ['blanks', ' \t ', []],
  [
    'both names of the e-mail key',
    'E=a@b,Email=c@d',
    [[['1.2.840.113549.1.9.1', 'a@b']], [['1.2.840.113549.1.9.1', 'c@d']]],
  ],
  ['S and ST', 'S=a,ST=b', [[['2.5.4.8', 'a']], [['2.5.4.8', 'b']]]],
  ['SN is the surname', 'SN=Doe,SERIALNUMBER=1', [[['2.5.4.4', 'Doe']], [['2.5.4.5', '1']]]],
  [
    'the other keywords',
    'L=l,O=o,C=DE,STREET=s,T=t,Title=u,G=g,GivenName=h,I=i,Initials=j',
    [
      [['2.5.4.7', 'l']],
      [['2.5.4.10', 'o']],
      [['2.5.4.6', 'DE']],
      [['2.5.4.9', 's']],
      [['2.5.4.12', 't']],
      [['2.5.4.12', 'u']],
      [['2.5.4.42', 'g']],
      [['2.5.4.42', 'h']],
      [['2.5.4.43', 'i']],
      [['2.5.4.43', 'j']],
    ],
  ],
  ['only commas separate', 'CN=a;b,OU=c', [[[cn, 'a;b']], [[ou, 'c']]], { separator: 'comma' }],
  ['only semicolons separate', 'CN=a,b;OU=c', [[[cn, 'a,b']], [[ou, 'c']]], { separator: 'semicolon' }],
  ['only line breaks separate', 'CN=a,b\r\nOU=c;d\n\n', [[[cn, 'a,b']], [[ou, 'c;d']]], { separator: 'newline' }],
  ['a line break is a blank otherwise', 'CN=a\r\n,\nOU=b', [[[cn, 'a']], [[ou, 'b']]]],
  ['no plus', 'CN=a+OU=b', [[[cn, 'a+OU=b']]], { noPlus: true }],
  ['no quoting', 'CN="a"', [[[cn, '"a"']]], { noQuoting: true }],
  ['reverse', 'CN=a,OU=b', [[[ou, 'b']], [[cn, 'a']]], { reverse: true }],
];

for (const [title, text, expected, options] of accepted)
  test(`X.500 string: ${title}`, () => assert.deepEqual(pairs(text, options), expected));

type Refused = readonly [text: string, symbol: string, status: number, offset: number, options?: X500Options];
const x500 = ['CRYPT_E_INVALID_X500_STRING', 0x80092023] as const;
const printable = ['CRYPT_E_INVALID_PRINTABLE_STRING', 0x80092021] as const;
const numeric = ['CRYPT_E_INVALID_NUMERIC_STRING', 0x80092020] as const;
const ia5 = ['CRYPT_E_INVALID_IA5_STRING', 0x80092022] as const;

const refused: readonly Refused[] = [
  ['CN=Test User (TestCompany\\, LLC),OU=X', ...x500, 28],
  ['CN=a+', ...x500, 5],
  ['CN=a,,OU=b', ...x500, 5],
  [',CN=a', ...x500, 0],
  ['CN', ...x500, 0],
  ['CN=', ...x500, 3],
  ['CN= ,OU=b', ...x500, 4],
  ['=a', ...x500, 0],
  ['CN=a,UID=b', ...x500, 5],
  ['3.1.2=a', ...x500, 0],
  ['CN="a', ...x500, 3],
  ['CN="a" b', ...x500, 7],
  ['CN="a""', ...x500, 3],
  ['CN=#1 Support', ...x500, 6],
  ['1.2.3=#ABC', ...x500, 10],
  ['1.2.3=#', ...x500, 7],
  ['CN=a\ud800', ...x500, 4],
  ['CN=a,C=Ü', ...printable, 7],
  ['C="D""_"', ...printable, 4],
  ['SERIALNUMBER=a_b', ...printable, 14],
  ['2.5.4.24=12a', ...numeric, 11],
  ['E=jané@x', ...ia5, 5],
  ['CN=a,E="é"', ...ia5, 8],
  ['CN=a;b', ...x500, 5],
  ['CN=a\nb', ...x500, 5, { separator: 'newline' }],
];

for (const [text, symbol, status, offset, options] of refused)
  test(`X.500 string: ${JSON.stringify(text)} is refused at ${offset}`, () => {
    const result = encodeX500String(text, options);
    assert.ok(!result.ok);
    assert.deepEqual([result.error.symbol, result.error.status, result.error.offset], [symbol, status, offset]);
    assert.ok(result.error.detail.length > 10);
  });

test('string types follow the key and the value', () => {
  const tags = (text: string, options?: X500Options) => {
    const result = encodeX500String(text, options);
    assert.ok(result.ok);
    return result.name.flat().map((attribute) => attribute.tag);
  };
  assert.deepEqual(tags("CN=a b'()-./:=?0"), [tag.printableString]);
  assert.deepEqual(tags('CN=a@b,CN=a_b,CN=é'), [tag.utf8String, tag.utf8String, tag.utf8String]);
  assert.deepEqual(tags('E=a@b,DC=corp,DC=zürich'), [tag.ia5String, tag.ia5String, tag.utf8String]);
  assert.deepEqual(tags('C=DE,SERIALNUMBER=1,2.5.4.25=12'), [
    tag.printableString,
    tag.printableString,
    tag.numericString,
  ]);
  assert.deepEqual(tags('1.2.3=#00,CN=#00'), [tag.octetString, tag.octetString]);
  assert.deepEqual(tags('CN=a', { forceUtf8: true }), [tag.utf8String]);
});

const keyword = fc.constantFrom('2.5.4.3', '2.5.4.7', '2.5.4.8', '2.5.4.4', '1.2.3.4', '0.9.2342.19200300.100.1.25');
const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...' ,;+="#<>\\\r\n\t{}aé'), maxLength: 12 }),
);
const attribute = fc.oneof(
  fc.tuple(keyword, value).map(([type, text]) => x500Attribute(type, text.toWellFormed())),
  fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => ({ type: '1.2.3', tag: tag.octetString, value: bytes })),
);
const name: fc.Arbitrary<Name> = fc.array(fc.array(attribute, { minLength: 1, maxLength: 3 }), { maxLength: 4 });
const options: fc.Arbitrary<X500Options> = fc.record(
  { separator: fc.constantFrom('comma', 'semicolon'), reverse: fc.boolean() },
  { requiredKeys: [] },
);

test('property: what is formatted is encoded as it was, and survives DER', () => {
  fc.assert(
    fc.property(name, options, (original, flags) => {
      const text = formatX500String(original, flags);
      const again = encodeX500String(text, flags);
      assert.ok(again.ok, text);
      assert.deepEqual(again.name, original);
      assert.ok(sameName(decodeName(encodeName(again.name)), original));
    }),
    { numRuns: 1000 },
  );
});

test('property: any text fails with an offset inside it, or survives DER and text', () => {
  const soup = fc.array(
    fc.constantFrom('CN', 'C', 'E', '1.2.3', '=', ',', ';', '+', '"', '""', '#', 'AB', ' ', '\\', 'é', '\n', 'x', '_'),
    { maxLength: 14 },
  );
  fc.assert(
    fc.property(soup, (pieces) => {
      const text = pieces.join('');
      const result = encodeX500String(text);
      if (!result.ok) return assert.ok(result.error.offset >= 0 && result.error.offset <= text.length);
      const again = encodeX500String(formatX500String(result.name));
      assert.ok(again.ok, text);
      assert.deepEqual(again.name, result.name);
      assert.ok(sameName(decodeName(encodeName(result.name)), result.name));
    }),
    { numRuns: 3000 },
  );
});
