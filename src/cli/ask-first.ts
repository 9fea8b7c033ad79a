/** What a change takes from devices is said before it is made, and whoever sits at the terminal is asked. */
import type { Command } from 'commander';
import { Failure, isFailure } from '../lib/failure.ts';
import type { ApiClient } from './api-client.ts';
import type { ExitCode } from './exit-code.ts';
import { type ImpactView, impactText } from './profile/impact-text.ts';
import type { Terminal } from './terminal.ts';

/** As `/impact` tells it. */
export type LossView = {
  readonly devices: number;
  readonly losing: number;
  readonly certificates: number;
  readonly profiles: readonly ImpactView[];
  readonly obstacle: { readonly code: string; readonly detail: string } | null;
};

/** Adds `--dry-run` and `--yes`. */
export function withAsking(command: Command): Command {
  return command
    .option('--dry-run', 'say what devices would lose, and do nothing')
    .option('--yes', 'do it without asking, whatever devices lose');
}

/** `change` is the body for `/impact`. A number: it is not to be done, and that is the exit code. */
export async function askFirst(
  terminal: Terminal,
  api: ApiClient,
  change: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, unknown>>,
): Promise<ExitCode | null> {
  const impact = await impactOf(api, change, options.dryRun === true);
  const obstacle = impact?.obstacle ?? null;
  if (obstacle !== null) throw new Failure('conflict', obstacle.code, obstacle.detail);
  if (options.dryRun === true) {
    terminal.result({ done: false, impact }, () => (impact === null ? '' : lossText(impact)));
    return 0;
  }
  if (impact === null) terminal.say('What devices would lose cannot be told: this token may not read the directory.');
  else if (impact.losing > 0) terminal.say(lossText(impact));
  return mayLose(terminal, impact === null || impact.losing > 0, options);
}

/** Asks, where something is lost, whoever can be asked. */
export async function mayLose(
  terminal: Terminal,
  loses: boolean,
  options: Readonly<Record<string, unknown>>,
): Promise<ExitCode | null> {
  if (!loses || options.yes === true || (await terminal.ask('Go on?')) !== false) return null;
  terminal.say('Nothing was done.');
  return 1;
}

/** Null: the token may do it, and not know. */
async function impactOf(
  api: ApiClient,
  change: Readonly<Record<string, unknown>>,
  needed: boolean,
): Promise<LossView | null> {
  try {
    return await api.call<LossView>('/impact', { method: 'POST', body: change });
  } catch (error) {
    if (!needed && isFailure(error, 'forbidden')) return null;
    throw error;
  }
}

export function lossText({ devices, losing, certificates, profiles }: LossView): string {
  const revoked = `${certificates} ${certificates === 1 ? 'certificate is' : 'certificates are'} revoked`;
  const head =
    losing === 0
      ? 'No device loses anything by it.'
      : `${losing} of ${devices} ${devices === 1 ? 'device' : 'devices'} looked at ${losing === 1 ? 'loses' : 'lose'} something by it; ${revoked}.`;
  return profiles.length === 0 ? head : `${head}\n${impactText(profiles)}`;
}
