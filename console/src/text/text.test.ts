import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { de } from './de.ts';
import { en } from './en.ts';

const sources = fileURLToPath(new URL('..', import.meta.url));

function keysOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path} (${typeof value})`];
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, `${path}.${key}`));
}

test('every language has the same words', () => {
  assert.deepEqual(keysOf(de).toSorted(), keysOf(en).toSorted());
});

type Node = { readonly type: string; readonly start: number; readonly [key: string]: unknown };

/** Attributes that are read to people. */
const told = new Set([
  'aria-label',
  'title',
  'placeholder',
  'label',
  'alt',
  'hint',
  'description',
  'action',
  'aria-description',
]);
const letters = /\p{L}{2,}/u;

/** Text that stands in a component instead of the catalogue. */
function literalText(file: string, source: string): string[] {
  const { program } = parseSync(file, source, { lang: 'tsx' });
  const found: string[] = [];
  const say = (node: Node, text: string) => {
    if (letters.test(text)) found.push(`${file}:${source.slice(0, node.start).split('\n').length} “${text.trim()}”`);
  };
  const visit = (node: unknown, inJsx: boolean): void => {
    if (Array.isArray(node)) for (const each of node) visit(each, inJsx);
    if (typeof node !== 'object' || node === null || !('type' in node)) return;
    const { type, ...rest } = node as Node;
    if (type === 'JSXText') say(node as Node, String(rest['value']));
    if (inJsx && type === 'Literal' && typeof rest['value'] === 'string') say(node as Node, rest['value']);
    if (type === 'JSXAttribute') {
      const name = (rest['name'] as { name: unknown }).name;
      if (told.has(String(name))) visit(rest['value'], true);
      else visit(rest['value'], false);
      return;
    }
    // What is computed inside braces is text when it stands there as it is.
    const braces =
      type === 'JSXExpressionContainer' || type === 'ConditionalExpression' || type === 'LogicalExpression';
    for (const [key, value] of Object.entries(rest)) {
      if (key === 'test') visit(value, false);
      else visit(value, type === 'JSXElement' && key === 'children' ? true : inJsx && braces);
    }
  };
  visit(program, false);
  return found;
}

test('no component holds text of its own', () => {
  const files = globSync('**/*.tsx', { cwd: sources });
  assert.ok(files.length > 25);
  const found = files.flatMap((file) => literalText(file, readFileSync(`${sources}${file}`, 'utf8')));
  assert.deepEqual(found, []);
});

test('text is found wherever it hides', () => {
  for (const component of [
    'const a = <p>Hello</p>;',
    'const a = <p>{b ? "Hello" : null}</p>;',
    'const a = <input placeholder="Hello" />;',
    'const a = <Field label={b ? "Hello" : c} />;',
  ])
    assert.equal(literalText('a.tsx', component).length, 1, component);
  for (const component of [
    'const a = <p className="wide">{text.hello}</p>;',
    'const a = <b as="h1">{"·"} {f("wide")}</b>;',
  ])
    assert.deepEqual(literalText('a.tsx', component), [], component);
});
