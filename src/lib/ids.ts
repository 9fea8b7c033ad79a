import { toHex } from './bytes.ts';
import type { Clock } from './clock.ts';
import { randomBytes } from './random.ts';

/** A string that only a parser or a generator of its own kind hands out. */
export type Branded<Brand extends string> = string & { readonly __brand: Brand };

let lastTime = 0;
let timeText = '';
let sequence = 0;

/**
 * UUIDv7 (RFC 9562 §5.7) as lower-case text: sorts by time, and within this process strictly (12-bit counter in rand_a).
 */
export function newId<Id extends string = string>(clock: Pick<Clock, 'now'>): Id {
  const now = clock.now();
  if (now > lastTime) {
    setTime(now);
    sequence = 0;
  } else if (++sequence > 0xfff) {
    setTime(lastTime + 1);
    sequence = 0;
  }
  const random = randomBytes(8);
  random[0] = 0x80 | ((random[0] as number) & 0x3f);
  const hex = toHex(random);
  const counter = (0x7000 | sequence).toString(16);
  return `${timeText}-${counter}-${hex.slice(0, 4)}-${hex.slice(4)}` as Id;
}

/** Many ids are made in one millisecond: its 48 bits are written once. */
function setTime(time: number): void {
  const hex = time.toString(16).padStart(12, '0');
  lastTime = time;
  timeText = `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** Ids of this process are above this one from now on: it has outlived the process that made it, whatever the clock says now. */
export function continueIdsAfter(id: string): void {
  const time = timeOfId(id);
  if (time <= lastTime) return;
  setTime(time);
  sequence = 0xfff;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for any UUID in lower-case text form. */
export function isId(text: string): boolean {
  return uuid.test(text);
}

/** Below every id that is made at or after this time, in ms (UUIDv7, RFC 9562 §5.7), and above those made before. */
export function idAt(time: number): string {
  const hex = Math.max(0, Math.floor(time)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** Milliseconds of a UUIDv7; 0 for another id. */
export function timeOfId(id: string): number {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(id);
  return match === null ? 0 : Number.parseInt(`${match[1]}${match[2]}`, 16);
}
