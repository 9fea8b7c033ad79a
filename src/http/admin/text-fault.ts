/** Nothing of ours is nested deeper, and what walks through a document walks by recursion. */
const maxDepth = 32;

type Node = { readonly value: unknown; readonly depth: number; readonly name: string; readonly above: Node | null };

/** What no text that is sent to us may hold, at any depth of `root`; undefined when all is well. */
export function textFault(root: unknown): string | undefined {
  const open: Node[] = [{ value: root, depth: 0, name: '', above: null }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    // PostgreSQL cannot store it in text, and no name of ours has one.
    if (typeof value === 'string' && value.includes('\0'))
      return `Text must not contain the character U+0000${place(next)}.`;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > maxDepth) return `The body is nested more than ${maxDepth} levels deep.`;
    for (const [name, inner] of Object.entries(value))
      open.push({ ...next, value: name }, { value: inner, depth: depth + 1, name, above: next });
  }
  return undefined;
}

/** ": documents.0.document.name"; nothing for what is no part of a body. */
function place(node: Node): string {
  const names: string[] = [];
  for (let at = node; at.above !== null; at = at.above) names.unshift(at.name.slice(0, 40));
  return names.length === 0 ? '' : `: ${names.join('.')}`;
}
