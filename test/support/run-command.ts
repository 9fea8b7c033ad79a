import { spawn } from 'node:child_process';

export type CommandResult = {
  readonly code: number;
  readonly stdout: Uint8Array<ArrayBuffer>;
  readonly stderr: string;
};

export type CommandOptions = {
  readonly input?: Uint8Array | string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Killed after this; default one minute. */
  readonly milliseconds?: number;
};

/** Runs a program to its end. Any exit code is a result; rejects when it cannot start or has to be killed. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { input, cwd, env, milliseconds = 60_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: milliseconds,
      killSignal: 'SIGKILL',
    });
    const stdout: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    // A program may end without reading its input.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === null) reject(new Error(`${command} ended by ${signal}: ${stderr}`));
      else resolve({ code, stdout: new Uint8Array(Buffer.concat(stdout)), stderr });
    });
  });
}
