import { folded } from '../folded.ts';
import { intersect, noOrdinals, type Ordinals, readPostings, unite } from './postings.ts';
import { bucketOf, shortestSearch, thumbprintDigits, thumbprintToken, trigramsOf } from './token.ts';

/** What is looked for: certificates that have all tokens of one of these lists. */
export type Wanted = readonly (readonly number[])[];

/** A search as it is compared: part of a text, or the start of a thumbprint. */
export type SearchTerm = {
  readonly texts: readonly string[];
  /** Hex; null: it cannot be one. */
  readonly thumbprint: string | null;
};

/** Colons and blanks between octets are how others write serial numbers and thumbprints. */
export function searchTerm(search: string): SearchTerm {
  const text = folded(search.trim());
  const hex = text.replace(/[\s:]/g, '');
  const isHex = /^[0-9a-f]{6,64}$/.test(hex);
  return {
    texts: isHex && hex !== text ? [text, hex] : [text],
    thumbprint: isHex && hex.length >= thumbprintDigits ? hex : null,
  };
}

export function isLongEnough(search: string): boolean {
  return folded(search.trim()).length >= shortestSearch;
}

export function hasText({ texts }: SearchTerm, text: string): boolean {
  return texts.some((each) => text.includes(each));
}

/** So long a hex text is a serial number or thumbprint, and nobody's name. */
const longestHexName = 15;

export function mayBeName(search: string): boolean {
  const hex = folded(search).replace(/[\s:]/g, '');
  return hex.length <= longestHexName || !/^[0-9a-f]+$/.test(hex);
}

export function hasThumbprint(
  { thumbprint }: SearchTerm,
  row: { readonly thumbprint: string; readonly thumbprint256: string },
): boolean {
  return thumbprint !== null && (row.thumbprint.startsWith(thumbprint) || row.thumbprint256.startsWith(thumbprint));
}

/** More of them find little less, as what is found is compared anyway; unless what is found is not it. */
const trigramsPerText = { quick: 6, thorough: 16 };

export function wantedTokens({ texts, thumbprint }: SearchTerm, how: keyof typeof trigramsPerText): Wanted {
  const wanted = texts.map((text) => spread([...trigramsOf(text)], trigramsPerText[how]));
  return thumbprint === null ? wanted : [...wanted, [thumbprintToken(thumbprint)]];
}

export function bucketsOf(wanted: Wanted): readonly number[] {
  return [...new Set(wanted.flat().map(bucketOf))];
}

/** `rowOf` a bucket; null when the segment has none. */
export function ordinalsWanted(wanted: Wanted, rowOf: (bucket: number) => Uint8Array | null): Ordinals {
  const found = noOrdinals();
  const known = new Map<number, Ordinals | null>();
  const having = (token: number) => {
    let set = known.get(token);
    if (set === undefined) {
      const row = rowOf(bucketOf(token));
      set = row && readPostings(row, token);
      known.set(token, set);
    }
    return set;
  };
  for (const tokens of wanted) {
    let all: Ordinals | null = null;
    for (const token of tokens) {
      const set = having(token);
      if (set === null) {
        all = null;
        break;
      }
      if (all === null) all = set.slice();
      else intersect(all, set);
    }
    if (all !== null) unite(found, all);
  }
  return found;
}

function spread(tokens: readonly number[], most: number): number[] {
  if (tokens.length <= most) return [...tokens];
  return Array.from({ length: most }, (_, at) => tokens[Math.floor((at * (tokens.length - 1)) / (most - 1))] as number);
}
