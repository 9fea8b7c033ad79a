import { malformed } from './malformed.ts';

type Known = { readonly content: Uint8Array; readonly text: string };

/** Caches are bounded, so that a stranger's identifiers cannot fill the memory. */
const maxCached = 2048;
const byHash = new Map<number, Known>();
const byText = new Map<string, Uint8Array>();

/** Content octets; what is longer is no identifier that anybody uses. */
const maxOctets = 64;

/** Dotted text of the content octets of an OBJECT IDENTIFIER (X.690 §8.19). At most 64 octets. */
export function oidText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  const known = byHash.get(hash);
  if (known !== undefined && equals(known.content, bytes, from, to)) return known.text;
  const text = decode(bytes, from, to);
  if (known === undefined && byHash.size < maxCached)
    byHash.set(hash, { content: new Uint8Array(bytes.subarray(from, to)), text });
  return text;
}

/** The whole element, tag and length included. Throws `RangeError` for text that is no identifier: a bug of ours, never input. */
export function oidBytes(text: string): Uint8Array {
  const known = byText.get(text);
  if (known !== undefined) return known;
  const element = encode(text);
  if (byText.size < maxCached) byText.set(text, element);
  return element;
}

/** True for dotted text that names an object identifier (of at most 64 content octets). */
export function isOid(text: string): boolean {
  return contentOctets(text) !== undefined;
}

function equals(content: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (content.length !== to - from) return false;
  for (let i = 0; i < content.length; i++) if (content[i] !== bytes[from + i]) return false;
  return true;
}

function decode(bytes: Uint8Array, from: number, to: number): string {
  if (to === from) throw malformed('asn1-oid', 'An object identifier is empty.', from);
  if (to - from > maxOctets)
    throw malformed('asn1-oid', `An object identifier is longer than ${maxOctets} bytes.`, from);
  if (((bytes[to - 1] as number) & 0x80) !== 0)
    throw malformed('asn1-oid', 'An object identifier breaks off inside an arc.', from);
  let text = '';
  let arc = 0n;
  let inside = false;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (!inside && byte === 0x80) throw malformed('asn1-oid', 'An object identifier has a padded arc.', i);
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    inside = (byte & 0x80) !== 0;
    if (inside) continue;
    if (text === '') {
      const top = arc < 40n ? 0n : arc < 80n ? 1n : 2n;
      text = `${top}.${arc - top * 40n}`;
    } else text += `.${arc}`;
    arc = 0n;
  }
  return text;
}

function encode(text: string): Uint8Array {
  const content = contentOctets(text);
  if (content === undefined) throw new RangeError(`not an object identifier: ${text}`);
  return Uint8Array.from([0x06, content.length, ...content]);
}

const dotted = /^([01]\.([0-9]|[1-3][0-9])|2\.(0|[1-9][0-9]*))(\.(0|[1-9][0-9]*))*$/;

/** Undefined for text that is no identifier. One octet takes four characters at most. */
function contentOctets(text: string): number[] | undefined {
  if (text.length > 4 * maxOctets + 4 || !dotted.test(text)) return undefined;
  const [top = 0n, second = 0n, ...rest] = text.split('.').map(BigInt);
  const content: number[] = [];
  for (const arc of [top * 40n + second, ...rest]) {
    const septets = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) septets.unshift(Number(left & 0x7fn) | 0x80);
    content.push(...septets);
  }
  return content.length > maxOctets ? undefined : content;
}
