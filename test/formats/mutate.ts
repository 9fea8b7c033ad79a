/** Deterministic pseudo-random numbers (mulberry32), so that a failing case can be run again by its seed. */
export function numbersFrom(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** Bytes that mean something to a BER reader. */
const telling = [
  0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x1f, 0x24, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xa1, 0xff,
];

/** A copy of `bytes` with one to four small injuries. */
export function mutated(bytes: Uint8Array, below: (bound: number) => number): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let left = 1 + below(4); left > 0; left--) result = injured(result, below);
  return result;
}

function injured(bytes: Uint8Array, below: (bound: number) => number): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(below(256));
  const at = below(bytes.length);
  const length = Math.min(1 + below(24), bytes.length - at);
  switch (below(8)) {
    case 0: {
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
      return bytes;
    }
    case 1: {
      bytes[at] = below(256);
      return bytes;
    }
    case 2:
    case 3: {
      bytes[at] = telling[below(telling.length)] ?? 0;
      return bytes;
    }
    case 4:
      return bytes.slice(0, at);
    case 5:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
    case 6:
      return Uint8Array.from([...bytes.subarray(0, at + length), ...bytes.subarray(at)]);
    default: {
      const from = below(bytes.length);
      bytes.copyWithin(at, from, Math.min(from + length, bytes.length));
      return bytes;
    }
  }
}
