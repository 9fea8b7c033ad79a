import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../vectors/clients');

/** A file below `test/vectors/clients`. */
export function vector(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, name)));
}

export function vectorText(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** Every recorded message, as `client/name`, without its ending. */
export function capturedMessages(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.der') && !name.endsWith('.content.der'))
    .map((name) => name.replaceAll('\\', '/').slice(0, -'.der'.length))
    .sort();
}
