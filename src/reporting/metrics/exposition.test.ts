import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseExposition } from '../../../test/support/parse-exposition.ts';
import { counter } from './counter.ts';
import { exposition } from './exposition.ts';
import { histogram } from './histogram.ts';
import { addedUp, gauge } from './metric.ts';

suite('the exposition', () => {
  test('has whatever stands in a label as it is, escaped', () => {
    const odd = 'a\\b "c"\nd';
    const text = exposition([gauge('x', 'Help with \\ and\nlines', [[{ odd }, 1.5]])]);
    assert.equal(text, '# HELP x Help with \\\\ and\\nlines\n# TYPE x gauge\nx{odd="a\\\\b \\"c\\"\\nd"} 1.5\n');
    assert.equal([...parseExposition(text).samples.values()][0], 1.5);
  });

  test('of a histogram has what took longer than a bound in the next ones', () => {
    const times = histogram('t_seconds', 'Time', 'kind', ['a', 'b'], [0.001, 1]);
    for (const ms of [0.5, 1, 2, 5000]) times.observe('a', ms);
    const { samples } = parseExposition(exposition([times.family()]));
    assert.deepEqual(
      ['0.001', '1', '+Inf'].map((le) => samples.get(`t_seconds_bucket{kind="a",le="${le}"}`)),
      [2, 3, 4],
    );
    assert.equal(samples.get('t_seconds_count{kind="a"}'), 4);
    assert.equal(samples.get('t_seconds_sum{kind="a"}'), 5.0035);
    assert.equal(samples.get('t_seconds_count{kind="b"}'), 0);
  });

  test('of a counter keeps its bound: what is too many counts as other', () => {
    const counts = counter('c_total', 'Counts', ['name']);
    for (let i = 0; i < 3000; i++) counts.add(`n${i}`);
    counts.add('n1');
    const { samples } = parseExposition(exposition([counts.family()]));
    assert.equal(samples.size, 2001);
    assert.equal(samples.get('c_total{name="n1"}'), 2);
    assert.equal(samples.get('c_total{name="other"}'), 1000);
  });

  test('has readings that look alike as one', () => {
    const family = gauge(
      'g',
      'G',
      addedUp([
        [{ profile: 'deleted' }, 2],
        [{ profile: 'a' }, 1],
        [{ profile: 'deleted' }, 3],
      ]),
    );
    const { samples } = parseExposition(exposition([family]));
    assert.deepEqual(
      [...samples],
      [
        ['g{profile="deleted"}', 5],
        ['g{profile="a"}', 1],
      ],
    );
  });

  test('adds up what has the same name in the end', () => {
    const counts = counter('c_total', 'Counts', ['id', 'how']);
    counts.add('1', 'x');
    counts.add('2', 'x');
    const family = counts.family(({ how = '' }) => ({ profile: 'deleted', how }));
    assert.equal(parseExposition(exposition([family])).samples.get('c_total{how="x",profile="deleted"}'), 2);
  });
});

suite('the reader of the tests', () => {
  const head = '# HELP x X\n# TYPE x gauge\n';
  for (const [fault, text] of [
    ['a sample without family', 'x 1\n'],
    ['the same series twice', `${head}x{a="1"} 1\nx{a="1"} 2\n`],
    ['a quote that is not escaped', `${head}x{a=""1"} 1\n`],
    ['something that is no number', `${head}x undefined\n`],
    ['a family in two pieces', `${head}${head}`],
    ['a counter that is not called so', '# HELP x X\n# TYPE x counter\nx 1\n'],
    ['a missing end', '# HELP x X\n# TYPE x gauge\nx 1'],
    ['a histogram without its last bucket', '# HELP h H\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 1\nh_count 1\n'],
  ] as const)
    test(`finds ${fault}`, () => assert.throws(() => parseExposition(text)));
});
