import { readFlag, readId, readObject } from './read-json.ts';

/** `changed`: check in now. Otherwise nothing happened while the server held the question; ask again with this version. */
export type WakeAnswer = { readonly version: string; readonly changed: boolean };

export function parseWakeAnswer(value: unknown): WakeAnswer {
  const object = readObject(value, '');
  return { version: readId(object.version, 'version'), changed: readFlag(object.changed, 'changed') };
}
