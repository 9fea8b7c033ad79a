/**
 * Values ready for `postMessage`, with all their bytes in one buffer that is transferred. A view is otherwise cloned
 * together with everything else in its buffer, once per buffer, and message after message is made of views.
 */
export function packBytes<T>(value: T): { readonly value: T; readonly transfer: readonly ArrayBuffer[] } {
  const packer = { bytes: new Uint8Array(countBytes(value)), at: 0 };
  return { value: rewrite(value, packer) as T, transfer: [packer.bytes.buffer] };
}

function countBytes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (value instanceof Uint8Array) return value.length;
  let count = 0;
  for (const key in value) count += countBytes((value as Record<string, unknown>)[key]);
  return count;
}

function rewrite(value: unknown, into: { readonly bytes: Uint8Array<ArrayBuffer>; at: number }): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) {
    const from = into.at;
    into.bytes.set(value, from);
    into.at += value.length;
    return into.bytes.subarray(from, into.at);
  }
  if (Array.isArray(value)) return value.map((item) => rewrite(item, into));
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = rewrite((value as Record<string, unknown>)[key], into);
  return copy;
}
