/**
 * What the certificate index is asked for: 32-bit numbers made of three characters of a text, or of a whole value. Two
 * things may share a number, so whatever the index finds is compared afterwards.
 */

/** The shortest text that can be looked for. */
export const shortestSearch = 3;

/** A segment's postings lie in so many rows. */
export const buckets = 512;

export function bucketOf(token: number): number {
  return token % buckets;
}

/** Of every three characters of a folded text, each once. */
export function trigramsOf(text: string, into: Set<number> = new Set()): Set<number> {
  for (let at = 0; at + shortestSearch <= text.length; at++)
    into.add(mixed(text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)));
  return into;
}

/** Hex digits of a thumbprint that are looked up at once; all the rest is compared. */
export const thumbprintDigits = 8;

export function thumbprintToken(thumbprint: string): number {
  let token = 0x811c9dc5;
  const text = `thumbprint${thumbprint.slice(0, thumbprintDigits)}`;
  for (let at = 0; at < text.length; at++) token = Math.imul(token ^ text.charCodeAt(at), 0x01000193);
  return (token ^ (token >>> 15)) >>> 0;
}

function mixed(a: number, b: number, c: number): number {
  let token = Math.imul(a, 0x9e3779b1) ^ b;
  token = Math.imul(token, 0x85ebca6b) ^ c;
  token = Math.imul(token ^ (token >>> 13), 0xc2b2ae35);
  return (token ^ (token >>> 16)) >>> 0;
}
