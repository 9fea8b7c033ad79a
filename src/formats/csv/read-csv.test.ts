import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../lib/failure.ts';
import { csvReader, readCsv } from './read-csv.ts';
import { writeCsv } from './write-csv.ts';

const texts = (csv: string, separator?: string) =>
  [...readCsv(csv, separator)].map((row) => row.fields.map(({ text }) => text));

for (const [name, csv, expected] of [
  [
    'reads fields and lines',
    'a,b\r\nc,d\r\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'needs no final line break',
    'a,b\nc,d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['skips a byte order mark', '\ufeffa\n', [['a']]],
  ['takes a lone CR as line break', 'a\rb', [['a'], ['b']]],
  ['skips empty lines', '\r\na\n\n\nb\n', [['a'], ['b']]],
  ['keeps empty fields', ',a,\n', [['', 'a', '']]],
  ['keeps a line of one quoted empty field', '""\n', [['']]],
  ['unquotes doubled quotes', '"say ""hi""",x', [['say "hi"', 'x']]],
  ['keeps line breaks and separators inside quotes', '"a,\r\nb",c', [['a,\r\nb', 'c']]],
  ['keeps spaces', ' a , b ', [[' a ', ' b ']]],
  ['reads nothing from nothing', '', []],
] as const) {
  test(name, () => assert.deepEqual(texts(csv), expected));
}

test('says where each field begins, in characters', () => {
  const rows = [...readCsv('\ufeffid,name\n1,"x\ny",🙂,z\n2,w')];
  assert.deepEqual(
    rows.map((row) => row.fields.map(({ line, column }) => [line, column])),
    [
      [
        [1, 1],
        [1, 4],
      ],
      [
        [2, 1],
        [2, 3],
        [3, 4],
        [3, 6],
      ],
      [
        [4, 1],
        [4, 3],
      ],
    ],
  );
});

test('takes another separator', () => assert.deepEqual(texts('a;b,c', ';'), [['a', 'b,c']]));

for (const [name, csv, code, line, column] of [
  ['refuses a quoted field without end, naming its start', 'a\nb,"c\nd', 'csv-quote-open', 2, 3],
  ['refuses text after a closing quote', 'a,"b"c', 'csv-after-quote', 1, 6],
  ['refuses a quote inside a bare field', 'a,b"c', 'csv-stray-quote', 1, 4],
] as const) {
  test(name, () =>
    assert.throws(
      () => texts(csv),
      (error) => isFailure(error, code) && error.params.line === line && error.params.column === column,
    ),
  );
}

test('reads back what it writes', () => {
  const field = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'a', ' ', '\ufeff', '🙂') }),
  );
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 1, maxLength: 5 })), (rows) => {
      assert.deepEqual(texts(writeCsv(rows)), rows);
    }),
  );
});

test('reads the same rows, or finds the same fault, however the text is cut', () => {
  const csv = fc.string({
    unit: fc.constantFrom('a', ',', '"', '""', '\r\n', '\n', '\r', '\ufeff', '🙂'),
    maxLength: 30,
  });
  const outcome = (read: () => unknown) => {
    try {
      return read();
    } catch (error) {
      return isFailure(error) ? [error.code, error.params] : assert.fail(String(error));
    }
  };
  fc.assert(
    fc.property(csv, fc.integer({ min: 1, max: 7 }), (text, size) => {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
      const inPieces = () => {
        const reader = csvReader();
        return [...pieces.flatMap((piece) => [...reader.push(piece)]), ...reader.end()];
      };
      assert.deepEqual(
        outcome(inPieces),
        outcome(() => [...readCsv(text)]),
      );
    }),
    { numRuns: 2000 },
  );
});

test('a quote that nobody closes is not waited for without end', () => {
  const reader = csvReader();
  const line = 'x'.repeat(2 ** 16);
  assert.throws(
    () => {
      for (let at = 0; at < 50; at++) for (const _ of reader.push(at === 0 ? `a\nb,"${line}\n` : `${line}\n`));
    },
    (error) => isFailure(error, 'csv-quote-open') && error.params.line === 2 && error.params.column === 3,
  );
});
