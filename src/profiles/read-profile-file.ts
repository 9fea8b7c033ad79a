import {
  type Document,
  isAlias,
  isCollection,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from 'yaml';
import { type DocumentFormat, documentFormat } from './document-format.ts';
import type { Finding } from './finding.ts';
import { placeIn } from './place-in-document.ts';

/** Both counted from 1. */
export type Place = { readonly line: number; readonly column: number };

/** One document of a file: still unread, but plain data. */
export type FileDocument = {
  readonly value: unknown;
  /** Ours, or Graph JSON (intune-domain 6), told apart by content. */
  readonly format: DocumentFormat;
  /** Of its first line, counted from 1. */
  readonly line: number;
  /** Where a finding's `path` stands, and its `offset` in a text; what is not written there stands at what encloses it. */
  readonly placeOf: (path: string, offset?: number) => Place;
};

export type FileFinding = Finding & Place;

export type ProfileFile = { readonly documents: readonly FileDocument[]; readonly findings: readonly FileFinding[] };

/** More is no profile any more, and aliases may not grow beyond it either. */
const maxCharacters = 4_000_000;
const maxAliases = 100;
const maxFindings = 20;
const tooDeep = 'The file is nested too deep.';

/**
 * The documents of a YAML or JSON file (JSON is YAML), one or many. Duplicate keys, tags, merge keys, aliases that explode
 * and whatever else JSON could not say are findings with their place; then there are no documents.
 */
export function readProfileFile(text: string): ProfileFile {
  if (text.length > maxCharacters)
    return refused(`The file has ${text.length} characters; at most ${maxCharacters} are read.`);
  try {
    return readDocuments(text);
  } catch (error) {
    // What the parser's recursion does not bear.
    if (error instanceof RangeError) return refused(tooDeep);
    throw error;
  }
}

function readDocuments(text: string): ProfileFile {
  const lineCounter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const parsed = parseAllDocuments(text, {
    lineCounter,
    strict: true,
    prettyErrors: false,
    resolveKnownTags: false,
    // The library compares each key with each; `repeatedKeys` does not.
    uniqueKeys: false,
  });
  if ('empty' in parsed) return refused('The file is empty.');
  const faults = parsed.flatMap((document) => faultsOf(document, placeAt));
  if (faults.some(({ detail }) => detail.startsWith('Maximum call stack'))) return refused(tooDeep);
  if (faults.length > 0) return { documents: [], findings: shortened(faults) };
  const documents: FileDocument[] = [];
  for (const document of parsed) {
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) continue;
    const value = plainValue(document);
    if (value instanceof ReferenceError) {
      const at = placeAt(contents.range?.[0] ?? 0);
      return {
        documents: [],
        findings: [fault(`The aliases of the file cannot be followed: ${value.message}.`, at)],
      };
    }
    if (Array.isArray(value) && documentFormat(value) === 'profile') {
      const at = placeAt(contents.range?.[0] ?? 0);
      const fix = 'Write each profile as a document of its own, with a line of --- between them.';
      return { documents: [], findings: [fault('The file holds a list.', at, fix)] };
    }
    documents.push({
      value,
      format: documentFormat(value),
      line: placeAt(contents.range?.[0] ?? 0).line,
      placeOf: (path, offset) => placeAt(placeIn(text, document, path, offset)),
    });
  }
  return documents.length === 0 ? refused('The file holds no document.') : { documents, findings: [] };
}

function plainValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases }) as unknown;
  } catch (error) {
    if (error instanceof ReferenceError) return error;
    throw error;
  }
}

function faultsOf(document: Document.Parsed, placeAt: (offset: number) => Place): FileFinding[] {
  const broken = [...document.errors, ...document.warnings].map(({ message, pos }) =>
    fault(`${message}.`.replace(/\.\.$/, '.'), placeAt(pos[0])),
  );
  return broken.length > 0 ? broken : contentFaults(document, placeAt);
}

/** What is good YAML, but means something that no profile says. */
function contentFaults(document: Document.Parsed, placeAt: (offset: number) => Place): FileFinding[] {
  const faults: FileFinding[] = [];
  let aliases = 0;
  const found = (detail: string, node: Node | null, fix: string | null = null) =>
    faults.push(fault(detail, placeAt(node?.range?.[0] ?? 0), fix));
  visit(document, {
    Map: (_key, map) => keyFaults(map, placeAt, found),
    Scalar: (_key, { value, range }) => {
      if (typeof value === 'number' && !Number.isFinite(value))
        faults.push(fault(`${value} is no number that a profile can hold.`, placeAt(range?.[0] ?? 0)));
    },
    Alias: (_key, alias, path) => {
      aliases++;
      if (aliases === maxAliases + 1) found(`More than ${maxAliases} aliases are not followed.`, alias);
      // Looking one up goes through the whole document.
      if (aliases > maxAliases) return;
      const target = alias.resolve(document);
      if (target === undefined) found(`There is no anchor &${alias.source} before the alias.`, alias);
      else if (path.includes(target)) found(`The alias *${alias.source} stands inside of what it means.`, alias);
    },
  });
  return faults;
}

function keyFaults(
  map: YAMLMap,
  placeAt: (offset: number) => Place,
  found: (detail: string, node: Node | null, fix?: string) => void,
): void {
  const seen = new Map<string, Place>();
  for (const { key } of map.items) {
    const node = key as Node | null;
    if (isCollection(node) || isAlias(node)) {
      found('The name of a setting is text.', node);
      continue;
    }
    const name = isScalar(node) ? String(node.value) : '';
    if (name === '<<') {
      found('Merge keys (<<) are not of YAML 1.2.', node, 'Write the settings out.');
      continue;
    }
    const before = seen.get(name);
    const here = placeAt(node?.range?.[0] ?? 0);
    if (before === undefined) seen.set(name, here);
    else found(`“${name}” stands here a second time; first in line ${before.line}: names are unique.`, node);
  }
}

function shortened(findings: readonly FileFinding[]): readonly FileFinding[] {
  const [first] = findings;
  if (first === undefined || findings.length <= maxFindings) return findings;
  const rest = findings.slice(maxFindings);
  const { line, column } = rest[0] ?? first;
  return [...findings.slice(0, maxFindings), fault(`${rest.length} more mistakes of this kind.`, { line, column })];
}

function refused(detail: string): ProfileFile {
  return { documents: [], findings: [fault(detail, { line: 1, column: 1 })] };
}

function fault(detail: string, { line, column }: Place, fix: string | null = null): FileFinding {
  return { rule: 'file', severity: 'error', path: '', detail, fix, line, column };
}
