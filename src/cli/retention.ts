import { type Command, InvalidArgumentError } from 'commander';
import { Failure } from '../lib/failure.ts';
import type { Pruned } from '../lifecycle/retention/apply-retention.ts';
import type { Retention } from '../lifecycle/retention/retention.ts';
import { openApi } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { facts } from './show.ts';

const path = '/settings/retention';

export const registerRetention: RegisterCommand = (program, run) => {
  const retention = program.command('retention').description('how long things are kept after they have served');
  retention
    .command('show')
    .description('days for each kind')
    .action(
      run(async (terminal) => {
        terminal.result(await openApi().call<Retention>(path), settingText);
        return 0;
      }),
    );
  withDays(retention.command('set'))
    .description('days for each kind that is named; 0 or never: for ever')
    .action(
      run(async (terminal, _args, options) => {
        const { events, scepTransactions, challenges, certificates } = options;
        const body = { events, scepTransactions, challenges, certificates };
        if (Object.values(body).every((days) => days === undefined))
          throw new Failure(
            'invalid',
            'bad-arguments',
            'Name what to change: --events, --scep-transactions, --challenges, --certificates.',
          );
        terminal.result(await openApi().call<Retention>(path, { method: 'PATCH', body }), settingText);
        return 0;
      }),
    );
  retention
    .command('run')
    .description('remove now what is old enough; else it goes within six hours')
    .action(
      run(async (terminal) => {
        terminal.result(await openApi().call<Pruned>(`${path}/run`, { method: 'POST' }), (pruned) =>
          facts({ ...pruned }),
        );
        return 0;
      }),
    );
};

function withDays(command: Command): Command {
  return command
    .option('--events <days>', 'events, the audit log among them, after they happened', wholeDays)
    .option('--scep-transactions <days>', 'SCEP transactions, after they happened', wholeDays)
    .option('--challenges <days>', 'challenges, after they expired', wholeDays)
    .option(
      '--certificates <days>',
      'certificates, after their end of validity; never while they are needed',
      wholeDays,
    );
}

function wholeDays(text: string): number {
  if (text === 'never') return 0;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give whole days, or never.');
}

function settingText(retention: Retention): string {
  return facts(
    Object.fromEntries(
      Object.entries(retention).map(([name, days]) => [name, days === 0 ? 'for ever' : `${days} days`]),
    ),
  );
}
