import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { rowBatches } from './row-batches.ts';

const insert = 'INSERT INTO thing (id, name) VALUES ($1, $2)';
const upsert = `${insert} ON CONFLICT (id) DO UPDATE SET name = excluded.name`;

suite('rows in few statements', () => {
  test('two rows are one text with numbered parameters', () => {
    const four = [1, 2, 3, 4].map((n) => [n, `n${n}`]);
    assert.deepEqual(rowBatches(`${insert} ON CONFLICT DO NOTHING`, four), [
      {
        text: 'INSERT INTO thing (id, name) VALUES ($1, $2), ($3, $4), ($5, $6), ($7, $8) ON CONFLICT DO NOTHING',
        params: [1, 'n1', 2, 'n2', 3, 'n3', 4, 'n4'],
      },
    ]);
  });

  for (const [name, text] of [
    ['an update', 'UPDATE thing SET name = $2 WHERE id = $1'],
    ['parameters that are not those of the columns', 'INSERT INTO thing (id, name) VALUES ($2, $1)'],
    ['a value beside the parameters', "INSERT INTO thing (id, name) VALUES ($1, 'x')"],
    ['a parameter after the row', `${insert} ON CONFLICT (id) DO UPDATE SET name = $2`],
    ['a conflict on what is no column', `${insert} ON CONFLICT (lower(name)) DO UPDATE SET name = excluded.name`],
  ] as const)
    test(`${name} stays one statement per row`, () => {
      const rows = [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
        [4, 'd'],
      ];
      assert.deepEqual(
        rowBatches(text, rows),
        rows.map((params) => ({ text, params })),
      );
    });

  test('every row once and in order, none twice in a statement that replaces, and few texts', () => {
    const texts = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(40), fc.string()), { maxLength: 700 }), (rows) => {
        const batches = rowBatches(upsert, rows);
        assert.deepEqual(
          batches.flatMap(({ params }) => params),
          rows.flat(),
        );
        for (const { text, params } of batches) {
          texts.add(text);
          const ids = params.filter((_, at) => at % 2 === 0);
          assert.equal(new Set(ids).size, ids.length);
        }
      }),
    );
    assert.ok(texts.size <= 5);
  });
});
