import { fromBase64 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';

/**
 * Reads parsed JSON of the agent protocol field by field. Every fault is a `Failure` `malformed`, code `agent-message`,
 * with `params.path`. Fields that are not known are ignored: a newer peer may send more within one protocol version.
 * Values never appear in messages, since some of them are secrets.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

export function agentMessageFault(path: string, problem: string): Failure {
  return new Failure('malformed', 'agent-message', `${path === '' ? 'The message' : path} ${problem}.`, { path });
}

export function readObject(value: unknown, path: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw agentMessageFault(path, 'is not an object');
  return value as JsonObject;
}

/** At most `max` items. */
export function readList<T>(
  value: unknown,
  path: string,
  max: number,
  readItem: (item: unknown, path: string) => T,
): T[] {
  if (!Array.isArray(value)) throw agentMessageFault(path, 'is not a list');
  if (value.length > max) throw agentMessageFault(path, `has more than ${max} items`);
  return value.map((item: unknown, index) => readItem(item, `${path}[${index}]`));
}

/** 1 to `max` characters without control characters; `form`, where given, must match and is described by `shape`. */
export function readText(
  value: unknown,
  path: string,
  max: number,
  form?: { readonly pattern: RegExp; readonly shape: string },
): string {
  if (typeof value !== 'string') throw agentMessageFault(path, 'is not a text');
  if (value === '' || value.length > max) throw agentMessageFault(path, `must have 1 to ${max} characters`);
  if (/\p{Cc}/u.test(value)) throw agentMessageFault(path, 'contains a control character');
  if (form !== undefined && !form.pattern.test(value)) throw agentMessageFault(path, `is not ${form.shape}`);
  return value;
}

export function readChoice<const Choice extends string>(
  value: unknown,
  path: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw agentMessageFault(path, `is not one of ${choices.join(', ')}`);
  return found;
}

/** An integer within the bounds, both included. */
export function readInteger(value: unknown, path: string, least: number, most: number): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
    throw agentMessageFault(path, `is not an integer from ${least} to ${most}`);
  return value as number;
}

export function readFlag(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw agentMessageFault(path, 'is neither true nor false');
  return value;
}

/** Bytes from Base64; at most `max` of them. */
export function readBytes(value: unknown, path: string, max: number): Uint8Array {
  const bytes = typeof value === 'string' && value.length <= 2 * max + 4 ? fromBase64(value) : undefined;
  if (bytes === undefined || bytes.length === 0 || bytes.length > max)
    throw agentMessageFault(path, `is not Base64 of 1 to ${max} bytes`);
  return bytes;
}

/** Lower-case hex of exactly `bytes` bytes. */
export function readHex(value: unknown, path: string, bytes: number): string {
  return readText(value, path, 2 * bytes, {
    pattern: new RegExp(`^[0-9a-f]{${2 * bytes}}$`),
    shape: `${bytes} bytes in hex`,
  });
}

/** An id as the server hands them out. */
export function readId(value: unknown, path: string): string {
  return readText(value, path, 64, { pattern: /^[0-9A-Za-z_-]+$/, shape: 'an id' });
}

/** Null and absent are one. */
export function readOptional<T>(value: unknown, read: (present: unknown) => T): T | null {
  return value === undefined || value === null ? null : read(value);
}
