import { toHex } from './bytes.ts';
import type { Clock } from './clock.ts';
import { randomBytes } from './random.ts';

/** A string that only a parser or a generator of its own kind hands out. */
export type Branded<Brand extends string> = string & { readonly __brand: Brand };

let lastTime = 0;
let sequence = 0;

/**
 * UUIDv7 (RFC 9562 §5.7) as lower-case text: sorts by time, and within this process strictly (12-bit counter in rand_a).
 */
export function newId<Id extends string = string>(clock: Pick<Clock, 'now'>): Id {
  const now = clock.now();
  if (now > lastTime) {
    lastTime = now;
    sequence = 0;
  } else if (++sequence > 0xfff) {
    lastTime += 1;
    sequence = 0;
  }
  const bytes = randomBytes(16);
  const time = lastTime;
  bytes[0] = Math.floor(time / 2 ** 40) & 0xff;
  bytes[1] = Math.floor(time / 2 ** 32) & 0xff;
  bytes[2] = (time >>> 24) & 0xff;
  bytes[3] = (time >>> 16) & 0xff;
  bytes[4] = (time >>> 8) & 0xff;
  bytes[5] = time & 0xff;
  bytes[6] = 0x70 | (sequence >> 8);
  bytes[7] = sequence & 0xff;
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Id;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for any UUID in lower-case text form. */
export function isId(text: string): boolean {
  return uuid.test(text);
}
