/** `SCEPWARD_WRITE_DOCS=1 node --test src/profiles/rules/profile-rules-page.test.ts` writes the tables anew. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { rules } from './check-profile.ts';
import type { RuleOf } from './rule.ts';
import { trustedCertificateRules } from './trusted-certificate-rules.ts';

const file = new URL('../../../docs/profile-rules.md', import.meta.url);
const head = '| rule | severity | where | what | mend | source |\n|---|---|---|---|---|---|\n';

type Line = Omit<RuleOf<never>, 'check'>;

function table(lines: readonly Line[]): string {
  const cells = lines.map(({ code, severity, path, title, fix, source }) =>
    [code, severity, `\`${path}\``, title, fix ?? '–', source].map((cell) => cell.replaceAll('|', '\\|')).join(' | '),
  );
  return head + cells.map((line) => `| ${line} |\n`).join('');
}

test('docs/profile-rules.md has the tables of rules as they are', () => {
  const page = readFileSync(file, 'utf8');
  const tables = [table(rules), table(trustedCertificateRules)];
  let at = 0;
  const made = page.replace(/(?<=^## .*\n\n)\| rule \|.*\n(?:\|.*\n)+/gm, () => tables[at++] ?? '');
  assert.equal(at, tables.length, 'one table below each of two headings');
  if (process.env.SCEPWARD_WRITE_DOCS === '1') writeFileSync(file, made);
  else assert.equal(page, made, 'SCEPWARD_WRITE_DOCS=1 writes it');
});
