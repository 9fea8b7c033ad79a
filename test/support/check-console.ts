import { posix } from 'node:path';
import { consoleImports } from '../layers.ts';
import type { Violation } from './check-architecture.ts';
import { sourceFacts } from './source-facts.ts';

const fileName = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.d)?\.tsx?$/;
/** JSX is not for the reader of tokens; imports stand at the beginning of a line, or are calls. */
const imports = /^(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

/**
 * Every breach of the console's import rule. `files`: sources under `console/src` and `src`, path from the repository's root
 * to text. What it takes from the server must run in a browser, with all that it reaches.
 */
export function checkConsole(files: ReadonlyMap<string, string>): Violation[] {
  const violations: Violation[] = [];
  const borrowed = new Set<string>();
  for (const [path, source] of files) {
    if (!path.startsWith('console/src/') || path.endsWith('.test.ts')) continue;
    const name = posix.basename(path);
    if (!fileName.test(name) || /^index\./.test(name))
      violations.push(`${path} is not named in kebab-case by what it is`);
    for (const [, from, bare, called] of source.matchAll(imports)) {
      const what = from ?? bare ?? called ?? '';
      const fault = importFault(path, what, files, borrowed);
      if (fault !== undefined) violations.push(`${path} ${fault}`);
    }
  }
  for (const path of reachedFrom(borrowed, files))
    if (sourceFacts(files.get(path) ?? '').node.length > 0)
      violations.push(`${path} names node: or Buffer, and the console reaches it`);
  return violations;
}

function importFault(
  path: string,
  from: string,
  files: ReadonlyMap<string, string>,
  borrowed: Set<string>,
): string | undefined {
  if (!from.startsWith('.')) {
    const parts = from.split('/').slice(0, from.startsWith('@') ? 2 : 1);
    const known = (consoleImports.packages as readonly string[]).includes(parts.join('/'));
    return known ? undefined : `names ${from}, which is not a package of the console`;
  }
  const target = posix.normalize(posix.join(posix.dirname(path), from));
  if (target.startsWith('console/src/')) {
    const there = files.has(target) || target.endsWith('.css') || target === 'console/src/api/api-types.ts';
    return there ? undefined : `imports a file that is not there: ${from}`;
  }
  const [, folder = ''] = target.split('/');
  if (!target.startsWith('src/') || !(consoleImports.folders as readonly string[]).includes(folder))
    return `may not import ${target}`;
  if (target.endsWith('.test.ts')) return `imports a test: ${target}`;
  if (!files.has(target)) return `imports a file that is not there: ${from}`;
  borrowed.add(target);
  return undefined;
}

function reachedFrom(start: ReadonlySet<string>, files: ReadonlyMap<string, string>): Set<string> {
  const seen = new Set<string>();
  const queue = [...start];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const { from } of sourceFacts(files.get(path) ?? '').imports)
      if (from.startsWith('.')) queue.push(posix.normalize(posix.join(posix.dirname(path), from)));
  }
  return seen;
}
