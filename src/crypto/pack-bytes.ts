/**
 * Values ready for `postMessage`, with all their bytes in one buffer that is transferred. A view is otherwise cloned
 * together with everything else in its buffer, once per buffer, and message after message is made of views.
 */
export function packBytes<T>(value: T): { readonly value: T; readonly transfer: readonly ArrayBuffer[] } {
  const places: Place[] = [];
  const copy = copyOf(value, places);
  let length = 0;
  for (const { bytes } of places) length += bytes.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const { holder, key, bytes } of places) {
    all.set(bytes, at);
    holder[key] = all.subarray(at, at + bytes.length);
    at += bytes.length;
  }
  return { value: copy as T, transfer: [all.buffer] };
}

/** Where in the copy some bytes belong. */
type Place = {
  readonly holder: Record<string | number, unknown>;
  readonly key: string | number;
  readonly bytes: Uint8Array;
};

function copyOf(value: unknown, places: Place[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return copyOfArray(value, places);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key];
    if (part instanceof Uint8Array) {
      copy[key] = undefined;
      places.push({ holder: copy, key, bytes: part });
    } else copy[key] = copyOf(part, places);
  }
  return copy;
}

/** Filled from its start: an array with holes would cross as pairs of index and value. */
function copyOfArray(values: readonly unknown[], places: Place[]): unknown[] {
  const copy: unknown[] = [];
  for (const part of values) {
    if (part instanceof Uint8Array) {
      places.push({ holder: copy as Record<number, unknown>, key: copy.length, bytes: part });
      copy.push(undefined);
    } else copy.push(copyOf(part, places));
  }
  return copy;
}
