import { folded } from '../folded.ts';
import { intersect, noOrdinals, type Ordinals, readPostings, unite } from './postings.ts';
import { bucketOf, shortestSearch, thumbprintDigits, thumbprintToken, trigramsOf, valueToken } from './token.ts';

/** What is looked for: certificates that have all tokens of one of these lists. Empty: all certificates. */
export type Wanted = readonly (readonly number[])[];

/** A search as it is compared: part of a text, the start of a thumbprint, or one of these people. */
export type SearchTerm = {
  readonly texts: readonly string[];
  /** Hex; null: it cannot be one. */
  readonly thumbprint: string | null;
  readonly userIds: ReadonlySet<string>;
};

/** Colons and blanks between octets are how others write serial numbers and thumbprints. */
export function searchTerm(search: string, userIds: readonly string[]): SearchTerm {
  const text = folded(search.trim());
  const hex = text.replace(/[\s:]/g, '');
  const isHex = /^[0-9a-f]{6,64}$/.test(hex);
  return {
    texts: isHex && hex !== text ? [text, hex] : [text],
    thumbprint: isHex && hex.length >= thumbprintDigits ? hex : null,
    userIds: new Set(userIds),
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

/** Whether a certificate without that text may be meant all the same: `matchesRow` says. */
export function mayMatchRow({ thumbprint, userIds }: SearchTerm): boolean {
  return thumbprint !== null || userIds.size > 0;
}

export function matchesRow(
  { thumbprint, userIds }: SearchTerm,
  row: { readonly thumbprint: string; readonly thumbprint256: string; readonly userId: string | null },
): boolean {
  if (row.userId !== null && userIds.has(row.userId)) return true;
  if (thumbprint === null) return false;
  return row.thumbprint.startsWith(thumbprint) || row.thumbprint256.startsWith(thumbprint);
}

/** More would find little less, as what is found is compared anyway. */
const trigramsPerText = 6;
/** So many profiles are looked up; where more are meant, they are compared alone. */
const mostProfiles = 16;

export function wantedTokens(asked: {
  readonly term: SearchTerm | null;
  /** One of these; null: any. */
  readonly profileIds: readonly string[] | null;
  readonly userId: string | null;
}): Wanted {
  const { term, profileIds, userId } = asked;
  let wanted: number[][] = [[]];
  if (term !== null) {
    wanted = term.texts.map((text) => spread([...trigramsOf(text)], trigramsPerText));
    if (term.thumbprint !== null) wanted.push([thumbprintToken(term.thumbprint)]);
    for (const id of term.userIds) wanted.push([valueToken('user', id)]);
  }
  if (userId !== null) for (const each of wanted) each.push(valueToken('user', userId));
  if (profileIds !== null && profileIds.length > 0 && profileIds.length <= mostProfiles)
    wanted = wanted.flatMap((each) => profileIds.map((id) => [...each, valueToken('profile', id)]));
  return wanted.some((each) => each.length === 0) ? [] : wanted;
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
