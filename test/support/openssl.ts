import { writeFile } from 'node:fs/promises';
import { runCommand } from './run-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type OpensslInput = {
  /** What it reads from standard input. */
  readonly input?: Uint8Array | string;
  /** Files it may name in its arguments, by name; the command runs in a folder that holds them. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
};

/**
 * Runs `openssl` in a folder of its own and gives back its standard output.
 * Throws with its error output when it ends with anything but 0.
 */
export async function openssl(
  args: readonly string[],
  { input, files = {} }: OpensslInput = {},
): Promise<Uint8Array<ArrayBuffer>> {
  await using folder = temporaryFolder('openssl');
  for (const [name, content] of Object.entries(files)) await writeFile(folder.file(name), content, { mode: 0o600 });
  const result = await runCommand('openssl', args, { cwd: folder.path, ...(input === undefined ? {} : { input }) });
  if (result.code !== 0) {
    const said = `${result.stderr}${new TextDecoder().decode(result.stdout)}`.trim();
    throw new Error(`openssl ${args.join(' ')} ended with ${result.code}:\n${said}`);
  }
  return result.stdout;
}

/** As `openssl`, with the output as text. */
export async function opensslText(args: readonly string[], given: OpensslInput = {}): Promise<string> {
  return new TextDecoder().decode(await openssl(args, given));
}
