/** Whether two lists hold the same values, in whatever order and however often. */
export function sameSet(a: readonly string[], b: readonly string[]): boolean {
  // Honest lists are short, and then sets cost more than they save.
  if (a.length > 16 || b.length > 16) return new Set(a).symmetricDifference(new Set(b)).size === 0;
  return a.every((value) => b.includes(value)) && b.every((value) => a.includes(value));
}
