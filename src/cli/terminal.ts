import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { printableLines } from './table.ts';

/** What a command may touch of the process: given to it, so that commands can be tested without one. */
export type Terminal = {
  /** True: exactly one JSON document goes to standard output, everything else to standard error. */
  readonly json: boolean;
  /** Whether standard error is a person's terminal. */
  readonly interactive: boolean;
  /** The command's result: under `--json` the document, otherwise the lines that `text` makes of it. */
  result<T>(value: T, text: (value: T) => string): void;
  /** Messages and progress; standard error. */
  say(line: string): void;
  /** Null: nobody sits at the terminal, as in a script. */
  ask(question: string): Promise<boolean | null>;
  /** All of standard input. */
  readInput(): Promise<Uint8Array>;
};

export function createTerminal(json: boolean): Terminal {
  return {
    json,
    interactive: process.stderr.isTTY === true,
    result(value, text) {
      const output = json ? escaped(JSON.stringify(value, null, 2)) : printableLines(text(value));
      if (output !== '') process.stdout.write(`${output}\n`);
    },
    say(line) {
      process.stderr.write(`${printableLines(line)}\n`);
    },
    async ask(question) {
      if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return null;
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      const answer = await Promise.race([
        lines.question(`${printableLines(question)} [y/N] `),
        // By Ctrl-C or Ctrl-D.
        once(lines, 'close').then(() => ''),
      ]);
      lines.close();
      return /^y(es)?$/i.test(answer.trim());
    },
    async readInput() {
      const parts: Buffer[] = [];
      for await (const part of process.stdin) parts.push(part as Buffer);
      return Buffer.concat(parts);
    },
  };
}

/** JSON leaves them as they are, and terminals may take them for the beginning of a command. */
function escaped(json: string): string {
  return json.replace(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
