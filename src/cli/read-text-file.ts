import { readFileSync } from 'node:fs';
import { fromUtf8 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';

/**
 * A file of text, in UTF-8 or not at all: guessing would put wrong names into certificates. Null when there is none.
 * Failures: `file-unreadable`; `not-utf8` and `not-text` with `params.line`, from 1.
 */
export function readTextFile(file: string): string | null {
  const bytes = readBytes(file);
  return bytes === null ? null : textOf(file, bytes);
}

/** What `bytes` say; `file` is what they are called. Failures: `not-utf8`, `not-text`. */
export function textOf(file: string, bytes: Uint8Array): string {
  const text = fromUtf8(bytes);
  if (text === undefined) {
    const line = lines(bytes).findIndex((each) => fromUtf8(each) === undefined) + 1;
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const hint = `${wide ? 'It seems to be UTF-16. ' : ''}Save it as ${file.endsWith('.csv') ? 'CSV UTF-8' : 'UTF-8'}.`;
    throw new Failure('malformed', 'not-utf8', `${file}:${line}: this is not UTF-8. ${hint}`, { file, line });
  }
  const zero = bytes.indexOf(0);
  if (zero < 0) return text;
  const line = lines(bytes.subarray(0, zero)).length;
  const message = `${file}:${line}: the character U+0000 stands here: this is no text file in UTF-8.`;
  throw new Failure('malformed', 'not-text', message, { file, line });
}

/** Split at LF, CR or CRLF; their bytes are part of no other character. */
function lines(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== 0x0a && (byte !== 0x0d || bytes[at + 1] === 0x0a)) continue;
    found.push(bytes.subarray(start, at));
    start = at + 1;
  }
  return [...found, bytes.subarray(start)];
}

function readBytes(file: string): Uint8Array | null {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new Failure('invalid', 'file-unreadable', `${file} cannot be read (${code}).`, { file }, { cause });
  }
}
