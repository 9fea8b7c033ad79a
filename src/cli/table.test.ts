import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsText } from './profile/findings-text.ts';
import { printable, printableLines, table } from './table.ts';

const red = '\u001b[31m';

test('nothing that a name holds steers the terminal', () => {
  assert.equal(printable(`a${red}b\nc\u009b1m\u007f`), 'a\ufffd[31mb\ufffdc\ufffd1m\ufffd');
  assert.equal(printableLines(`a${red}\n\tb\r\u0085`), 'a\ufffd[31m\n\tb\ufffd\ufffd');
  assert.equal(table([{ name: `x${red}` }], { name: ({ name }) => name }), 'NAME\nx\ufffd[31m');
});

test('a finding cannot add lines of its own', () => {
  const text = findingsText([
    {
      rule: 'V4',
      severity: 'error',
      path: 'name',
      detail: `no “${red}\nerror V1”`,
      fix: 'a\nb',
      file: 'x\u0007.yaml',
      line: 3,
      column: 1,
    },
  ]);
  assert.equal(text, 'error V4 x\ufffd.yaml:3:1 name: no “\ufffd[31m\ufffderror V1”\n    a\ufffdb');
});
