import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';

/**
 * Offset in `text`, from 0, of what a finding's path names (`settings.subjectAlternativeNames.0.value`), or of the nearest
 * that encloses it and is there. With an `offset` into a text that the file shows as it is, of that character.
 */
export function placeIn(text: string, document: Document, path: string, offset?: number): number {
  let node: Node | null = document.contents as Node | null;
  let start = node?.range?.[0] ?? 0;
  let rest = path === '' ? [] : path.split('.');
  while (rest.length > 0) {
    const step = enter(isAlias(node) ? (node.resolve(document) ?? null) : node, rest);
    if (step === undefined) return start;
    start = step.start;
    node = step.node;
    rest = rest.slice(step.taken);
  }
  return offset === undefined ? start : (within(text, node, offset) ?? start);
}

type Step = { readonly node: Node | null; readonly start: number; readonly taken: number };

function enter(node: Node | null, names: readonly string[]): Step | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(names[0])] as Node | undefined;
    return item === undefined ? undefined : { node: item, start: item.range?.[0] ?? 0, taken: 1 };
  }
  if (!isMap(node)) return undefined;
  // A name may have dots in it.
  for (let taken = 1; taken <= names.length; taken++) {
    const name = names.slice(0, taken).join('.');
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (pair !== undefined)
      return { node: pair.value as Node | null, start: (pair.key as Node).range?.[0] ?? 0, taken };
  }
  return undefined;
}

function within(text: string, node: Node | null, offset: number): number | undefined {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined;
  const [from, to] = node.range;
  const at = text.slice(from, to).indexOf(node.value);
  return at < 0 ? undefined : from + at + offset;
}
