import type { Command } from 'commander';
import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** One file per command: adds itself, with its options and help, to the program. */
export type RegisterCommand = (program: Command, run: RunCommand) => void;

/** What a command does with its own options and arguments; a Failure thrown becomes a message and an exit code. */
export type Action = (
  terminal: Terminal,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
) => Promise<ExitCode>;

/** Wraps an action for commander, so that `--json`, exit codes and failures are the same everywhere. */
export type RunCommand = (action: Action) => (...parameters: unknown[]) => Promise<void>;
