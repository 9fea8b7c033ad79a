import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** One file per command: adds itself, with its options and help, to the program. */
export type RegisterCommand = (program: Command, run: RunCommand) => void;

/** Wraps an action so that `--json`, exit codes and failures are the same everywhere. */
export type RunCommand = (
  action: (terminal: Terminal, options: Record<string, unknown>, args: readonly string[]) => Promise<void | ExitWith>,
) => (...parameters: unknown[]) => Promise<void>;

/** Returned by an action that has given its result and yet must not exit with 0. */
export type ExitWith = { readonly exitCode: 1 | 2 };
