import { posix } from 'node:path';
import { ambient, composers, homes, layers, portable, testPackages } from '../layers.ts';
import { type SourceFacts, sourceFacts } from './source-facts.ts';

/** A rule that a file breaks: `src/a/b.ts:3 …`. */
export type Violation = string;

const fileName = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test)?\.ts$/;
const emptyName = /^(?:.*-)?(?:utils?|helpers?|managers?)$|^common$/;

/**
 * Every breach of `layers.ts` and of the naming rules in the given files.
 * `files`: path from the repository's root (`src/…`, `test/…`, with `/`) to source text.
 */
export function checkArchitecture(files: ReadonlyMap<string, string>): Violation[] {
  const violations: Violation[] = [];
  const facts = new Map<string, SourceFacts>();
  for (const [path, source] of files) facts.set(path, sourceFacts(source));

  for (const [path, own] of facts) {
    const say = (line: number, what: string) => violations.push(`${path}:${line} ${what}`);
    checkName(path, say);
    for (const { what, line } of own.faults) say(line, what);
    if (own.barrel) say(1, 'is a barrel: it only re-exports');
    for (const one of own.imports) for (const what of importFaults(path, one.from, facts)) say(one.line, what);
    if (!path.startsWith('src/') || isTest(path)) continue;
    if (!isAt(path, ambient.environment)) {
      for (const line of own.environment) say(line, `reads process.env outside ${ambient.environment.join(', ')}`);
    }
    if (!isAt(path, ambient.clock)) {
      for (const line of own.clock) say(line, `reads the clock outside ${ambient.clock.join(', ')}`);
    }
  }
  for (const path of reachableFrom(portable, facts)) {
    for (const line of facts.get(path)?.node ?? []) {
      violations.push(`${path}:${line} names node: or Buffer, and ${portable.join(' and ')} reach it`);
    }
  }
  for (const cycle of findCycles(facts)) violations.push(`${cycle[0]}:1 imports itself: ${cycle.join(' → ')}`);
  return [...new Set(violations)];
}

function checkName(path: string, say: (line: number, what: string) => void): void {
  const name = posix.basename(path);
  if (!fileName.test(name)) say(1, 'is not named in kebab-case');
  if (name === 'index.ts') say(1, 'is an index file');
  const bare = name.replace(/(?:\.test)?\.ts$/, '');
  for (const part of [...path.split('/').slice(1, -1), bare]) {
    if (emptyName.test(part)) say(1, `has a name that says nothing: ${part}`);
  }
  if (path.startsWith('src/') && layers[placeOf(path)] === undefined) {
    say(1, `lies in ${placeOf(path)}, which test/layers.ts does not know`);
  }
}

/** What is wrong with the file at `path` importing `from`. */
function importFaults(path: string, from: string, facts: ReadonlyMap<string, SourceFacts>): string[] {
  if (!from.startsWith('.')) return outsideFaults(path, from);
  const target = resolve(path, from);
  if (target.startsWith('..')) return [`imports from outside the repository: ${from}`];
  if (target.endsWith('.ts') && !facts.has(target)) return [`imports a file that is not there: ${from}`];
  if (!path.startsWith('src/')) return [];
  if (!target.startsWith('src/')) {
    const allowed = isTest(path) && (target.startsWith('test/support/') || target.startsWith('test/vectors/'));
    return allowed ? [] : [`imports ${target}; src stands alone (tests may import test/support)`];
  }

  const place = placeOf(path);
  const other = placeOf(target);
  const faults: string[] = [];
  if (isTest(target)) faults.push(`imports a test: ${target}`);
  if (place === other) return faults;
  const allowed = layers[place];
  if (allowed !== undefined && allowed !== '*' && !allowed.includes(other)) {
    faults.push(`${place} may not import ${other} (${target})`);
  }
  if (includes(composers.of, other) && !includes(composers.by, place)) {
    faults.push(`only ${composers.by.join(', ')} may import ${other}`);
  }
  return faults;
}

/** The same for a package or a builtin of Node. */
function outsideFaults(path: string, from: string): string[] {
  if (!path.startsWith('src/') || isTest(path)) return [];
  const name = from.startsWith('node:') ? from : packageOf(from);
  const home = homes[name];
  if (testPackages.includes(name)) return [`names ${name}, which is for tests`];
  if (home === undefined) return name.startsWith('node:') ? [] : [`names ${name}, which has no home in layers.ts`];
  return isAt(path, home) ? [] : [`names ${name}, whose home is ${home.join(', ')}`];
}

/** `fastify/types` and `@fastify/swagger/x` belong to their packages. */
function packageOf(from: string): string {
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The folder of `src` a file lies in, or its own name when it lies directly there. */
function placeOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

function isAt(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === `src/${place}` || path.startsWith(`src/${place}/`));
}

function includes(list: readonly string[], value: string): boolean {
  return list.includes(value);
}

function resolve(path: string, from: string): string {
  return posix.normalize(posix.join(posix.dirname(path), from));
}

function targetsOf(path: string, facts: ReadonlyMap<string, SourceFacts>, workers: boolean): string[] {
  const imports = facts.get(path)?.imports ?? [];
  return imports
    .filter(({ from, how }) => from.startsWith('.') && (workers || how !== 'worker'))
    .map(({ from }) => resolve(path, from))
    .filter((target) => facts.has(target));
}

function reachableFrom(places: readonly string[], facts: ReadonlyMap<string, SourceFacts>): Set<string> {
  const seen = new Set<string>();
  const queue = [...facts.keys()].filter((path) => isAt(path, places) && !isTest(path));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    queue.push(...targetsOf(path, facts, true));
  }
  return seen;
}

/** Each as the files along it, the first repeated at the end. Type-only imports count: they tie the files together too. */
function findCycles(facts: ReadonlyMap<string, SourceFacts>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string) => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    trail.push(path);
    for (const target of targetsOf(path, facts, false)) visit(target);
    trail.pop();
    done.add(path);
  };
  for (const path of facts.keys()) visit(path);
  return cycles;
}
