import { encodePostings, segmentSize } from './postings.ts';
import { bucketOf, thumbprintToken, trigramsOf } from './token.ts';

/** One certificate as it is looked for. Texts are folded. */
export type Searchable = {
  readonly id: string;
  /** Subject, alternative names, serial number, and the names of device and user, line by line. */
  readonly text: string;
  readonly thumbprint: string;
  readonly thumbprint256: string;
};

export type SegmentContent = {
  readonly postings: readonly (readonly [bucket: number, content: Uint8Array])[];
  /** JSON of `[id, text]` for `textsPerPart` certificates each. */
  readonly texts: readonly string[];
};

export const textsPerPart = 64;
export const partsOfSegment = segmentSize / textsPerPart;

/** Gathers one segment, certificate by certificate, in the order of their ids; at most `segmentSize`. */
export function segmentBuilder() {
  const ordinalsOf = new Map<number, number[]>();
  const lines: (readonly [id: string, text: string])[] = [];
  return {
    add({ id, text, thumbprint, thumbprint256 }: Searchable): void {
      const ordinal = lines.push([id, text]) - 1;
      const tokens = trigramsOf(text);
      for (const each of [thumbprint, thumbprint256]) tokens.add(thumbprintToken(each));
      for (const token of tokens) {
        const ordinals = ordinalsOf.get(token);
        if (ordinals === undefined) ordinalsOf.set(token, [ordinal]);
        else ordinals.push(ordinal);
      }
    },
    finish(): SegmentContent {
      const byBucket = new Map<number, [number, number[]][]>();
      for (const entry of ordinalsOf) {
        const bucket = bucketOf(entry[0]);
        const entries = byBucket.get(bucket);
        if (entries === undefined) byBucket.set(bucket, [entry]);
        else entries.push(entry);
      }
      const texts: string[] = [];
      for (let from = 0; from < lines.length; from += textsPerPart)
        texts.push(JSON.stringify(lines.slice(from, from + textsPerPart)));
      return {
        postings: [...byBucket].map(([bucket, entries]) => [bucket, encodePostings(entries)] as const),
        texts,
      };
    },
  };
}
