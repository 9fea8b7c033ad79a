/** `authority rollover`: where it stands, or one step of it. */
import { Argument, type Command, Option } from 'commander';
import { openApi, segment } from '../api.ts';
import type { RegisterCommand } from '../command.ts';
import { defaultAuthority } from '../default-authority.ts';

type Step = {
  readonly step: string;
  readonly state: 'done' | 'ready' | 'blocked';
  readonly detail: string;
  readonly lacks: string | null;
};

const steps = ['next', 'announce', 'distribute', 'switch', 'finish'];

export function registerRollover(authority: Command, run: Parameters<RegisterCommand>[1]): void {
  authority
    .command('rollover')
    .addArgument(
      new Argument('[step]', 'take this step; without: show what was done and what comes next').choices(steps),
    )
    .description('from one issuer to the next, in steps that may each be repeated')
    .option('--authority <authority>', 'slug or id; may be left out where there is one')
    .addOption(
      new Option('--key <kind>', 'of the next issuer, with `next`; default: as before').choices([
        'rsa-2048',
        'rsa-3072',
        'rsa-4096',
        'p-256',
        'p-384',
      ]),
    )
    .option('--years <years>', 'of the next issuer, with `next`; default 10, never beyond the root')
    .action(
      run(async (terminal, [step], options) => {
        const api = openApi();
        const slug = await defaultAuthority(
          api,
          options.authority === undefined ? undefined : String(options.authority),
        );
        const path = `/authorities/${segment(slug)}/rollover`;
        const body = {
          step,
          ...(options.key !== undefined && { key: options.key }),
          ...(options.years !== undefined && { years: Number(options.years) }),
        };
        const plan = await api.call<{ steps: readonly Step[] }>(
          path,
          step === undefined ? {} : { method: 'POST', body },
        );
        terminal.result(plan, text);
        return 0;
      }),
    );
}

function text({ steps }: { readonly steps: readonly Step[] }): string {
  return steps
    .map(
      ({ step, state, detail, lacks }) =>
        `${step} (${state})\n  ${detail}${lacks === null ? '' : `\n  Not yet: ${lacks}`}`,
    )
    .join('\n');
}
