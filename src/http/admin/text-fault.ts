/** Nothing of ours is nested deeper, and what walks through a document walks by recursion. */
const maxDepth = 32;

/** What no text that is sent to us may hold, at any depth of `root`; undefined when all is well. */
export function textFault(root: unknown): string | undefined {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    // PostgreSQL cannot store it in text, and no name of ours has one.
    if (typeof value === 'string' && value.includes('\0')) return 'Text must not contain the character U+0000.';
    if (typeof value !== 'object' || value === null) continue;
    if (depth > maxDepth) return `The body is nested more than ${maxDepth} levels deep.`;
    for (const [name, inner] of Object.entries(value))
      open.push({ value: name, depth }, { value: inner, depth: depth + 1 });
  }
  return undefined;
}
