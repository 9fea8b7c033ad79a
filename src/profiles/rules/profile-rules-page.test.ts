import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { rules } from './check-profile.ts';

const page = readFileSync(new URL('../../../docs/profile-rules.md', import.meta.url), 'utf8');

test('docs/profile-rules.md has every rule as it is, with what mends it, and no other', () => {
  const written = [...page.matchAll(/^\| ([A-Z]\d+) \| (\w+) \| ((?:[^|\\]|\\\|)+) \| (\S.*) \|$/gm)].map(
    ([, code, severity, title = '']) => `${code} ${severity} ${title.replaceAll('\\|', '|')}`,
  );
  const known = rules.map(({ code, severity, title }) => `${code} ${severity} ${title}`);
  assert.deepEqual(written.sort(), known.sort());
});
