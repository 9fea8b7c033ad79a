/** The question whether a candidate that is close was meant, else `otherwise`. */
export function didYouMean(text: string, candidates: readonly string[], otherwise: string): string {
  const meant = nearest(text, candidates);
  if (meant === null) return otherwise;
  return meant.toLowerCase() === text.toLowerCase() ? `Write "${meant}": case counts.` : `Did you mean "${meant}"?`;
}

/** The candidate that `text` was probably meant to be, without regard to case; null when none is close. */
export function nearest(text: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  // One slip in a short word, two in a longer one; beyond that it is another name.
  let bestDistance = text.length < 3 ? 0 : text.length < 8 ? 1 : 2;
  for (const candidate of candidates) {
    const distance = editDistance(text.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance || (distance === bestDistance && best === null)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
