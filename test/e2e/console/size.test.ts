import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

type Manifest = {
  readonly shell: readonly string[];
  readonly files: Readonly<Record<string, { readonly gzip: number }>>;
};

/** kB, as it goes over the wire: what must be there before anything is shown, and the first page. */
const budget = 350;

test(`the shell takes at most ${budget} kB over the wire`, () => {
  const list = new URL('../../../console/dist/files.json', import.meta.url);
  const { shell, files } = JSON.parse(readFileSync(list, 'utf8')) as Manifest;
  assert.ok(shell.length > 2);
  const size = (name: string) => (files[name]?.gzip ?? Number.NaN) / 1000;
  const total = shell.reduce((sum, name) => sum + size(name), 0);
  assert.ok(total <= budget, shell.map((name) => `${name} ${size(name).toFixed(1)}`).join('\n'));
  const largest = Object.keys(files).filter((name) => !shell.includes(name) && size(name) > 100);
  assert.deepEqual(largest, [], 'a chunk of a single page is larger than 100 kB');
});
