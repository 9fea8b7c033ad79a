import { once } from 'node:events';
import { printableLines } from './table.ts';

/** Where it goes; `isTTY`: a person's terminal. */
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/**
 * An export to standard output as it comes, and no faster than it is taken. Files and pipes get the very bytes; on a terminal
 * nothing that a name holds steers it.
 */
export async function printStream(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  output: Output = process.stdout,
): Promise<void> {
  const written: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array> =
    output.isTTY === true ? printableParts(parts) : parts;
  for await (const part of written) if (!output.write(part)) await once(output, 'drain');
}

/** A part may end in the middle of a character, or between the two that end a line of CSV. */
async function* printableParts(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of parts) {
    const text = rest + decoder.decode(part, { stream: true });
    rest = text.endsWith('\r') ? '\r' : '';
    yield printableLines(text.slice(0, text.length - rest.length).replaceAll('\r\n', '\n'));
  }
  yield printableLines(rest + decoder.decode());
}
