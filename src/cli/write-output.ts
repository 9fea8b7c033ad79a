import { writeFileSync } from 'node:fs';
import { fromUtf8, toBase64 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import type { Terminal } from './terminal.ts';

/**
 * A file's content to where `--output` says, else to standard output: text as it is; binary only into files. Under
 * `--json` it stands in the document, binary in base64.
 */
export function writeOutput(
  terminal: Terminal,
  content: Uint8Array,
  { format, output }: { readonly format: string; readonly output: unknown },
): void {
  if (typeof output === 'string') {
    try {
      writeFileSync(output, content);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new Failure('invalid', 'file-unwritable', `${output} cannot be written (${code}).`, { output }, { cause });
    }
    terminal.result({ format, output, bytes: content.length }, () => `Written to ${output}.`);
    return;
  }
  const text = format === 'pem' ? fromUtf8(content) : undefined;
  if (text === undefined && !terminal.json)
    throw new Failure('invalid', 'output-needed', `The format ${format} is no text: name a file with --output.`);
  // Only JSON can show what is no text.
  terminal.result({ format, content: text ?? toBase64(content) }, (file) => file.content.replace(/\n$/, ''));
}
