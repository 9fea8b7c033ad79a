import { type Document, isMap, isScalar, isSeq, type Node, parseAllDocuments, type Scalar } from 'yaml';
import { canonical } from './canonical.ts';
import { yamlStyle } from './write-profile-file.ts';

export type DocumentUpdate = {
  /** What the author wrote, in the normal form of `profileDocument`. */
  readonly before: unknown;
  /** What it shall say, in the same form. */
  readonly after: unknown;
};

/**
 * The text of a profile file with some of its documents (by their place among all) changed to say something else. Comments,
 * order and spelling of what stays are kept, documents that say the same already are not touched. The caller reads the
 * result again: an alias may have carried a change to where it does not belong.
 */
export function updateProfileFile(text: string, updates: ReadonlyMap<number, DocumentUpdate>): string {
  const parsed = parseAllDocuments(text, { uniqueKeys: false, resolveKnownTags: false });
  if ('empty' in parsed) return text;
  const written = parsed.filter(
    ({ contents }) => contents !== null && !(isScalar(contents) && contents.value === null),
  );
  let result = '';
  let end = 0;
  for (const document of parsed) {
    const start = end;
    end = document.range[2];
    const update = updates.get(written.indexOf(document));
    const same = update === undefined || sameValue(update.before, update.after);
    if (!same) updateAt(document, [], update);
    result += same ? text.slice(start, end) : document.toString(yamlStyle);
  }
  return result + text.slice(end);
}

type Path = readonly (string | number)[];

function updateAt(document: Document, path: Path, { before, after }: DocumentUpdate): void {
  if (sameValue(before, after)) return;
  const node = document.getIn(path, true) as Node | undefined;
  if (isMapping(before) && isMapping(after) && (node === undefined || isMap(node))) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const inner = [...path, name];
      if (Object.hasOwn(after, name)) updateAt(document, inner, { before: before[name], after: after[name] });
      else if (document.hasIn(inner)) document.deleteIn(inner);
    }
  } else if (Array.isArray(before) && Array.isArray(after) && isSeq(node) && node.items.length === before.length) {
    const staying = new Set<number>();
    const places = after.map((wanted: unknown) => {
      const at = before.findIndex((value, i) => !staying.has(i) && sameValue(value, wanted));
      if (at >= 0) staying.add(at);
      return at;
    });
    node.items = after.map((wanted: unknown, i) => {
      const at = places[i] ?? -1;
      if (at >= 0) return node.items[at];
      if (staying.has(i) || !isEdited(before[i], wanted)) return document.createNode(wanted);
      updateAt(document, [...path, i], { before: before[i], after: wanted });
      return node.items[i];
    });
  } else document.setIn(path, replacement(document, node, after));
}

/** The new value, with the comments of the old one. */
function replacement(document: Document, node: Node | undefined, value: unknown): Node {
  const next = document.createNode(value) as Node;
  if (node === undefined) return next;
  if (isScalar(node) && isScalar(next) && typeof node.value === typeof next.value)
    (next as Scalar).type = node.type ?? 'PLAIN';
  next.comment = node.comment ?? null;
  next.commentBefore = node.commentBefore ?? null;
  next.spaceBefore = node.spaceBefore ?? false;
  return next;
}

/** Whether a line of a list is the same line with something else in it: then its comment still belongs to it. */
function isEdited(before: unknown, after: unknown): boolean {
  if (!isMapping(before) || !isMapping(after)) return false;
  return Object.keys(after).some((name) => Object.hasOwn(before, name) && sameValue(before[name], after[name]));
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameValue(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}
