import { Failure } from '../lib/failure.ts';
import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList, wholeNumber } from './list.ts';
import { facts, when } from './show.ts';

type ChangeView = {
  readonly id: string;
  readonly operation: string;
  readonly askedBy: { readonly name: string };
  readonly deployments: number | null;
  readonly state: string;
  readonly outcome: { readonly code: string | null; readonly detail: string | null } | null;
  readonly createdAt: number;
  readonly expiresAt: number;
};
type Setting = { readonly deployments: number | null; readonly hours: number };

const verbs = [
  ['approve', 'approved', 'have a change carried out that somebody else asked for; exit 1 when it was not'],
  ['reject', 'rejected', 'refuse a change that somebody else asked for'],
  ['withdraw', 'withdrawn', 'take back a change that you asked for'],
] as const;

export const registerChange: RegisterCommand = (program, run) => {
  const change = program.command('change').description('changes that wait for a second administrator');
  change
    .command('list')
    .description('those that wait or waited, the newest first')
    .action(
      run(async (terminal) => {
        printList(terminal, await openApi().call<{ items: ChangeView[]; next: null }>('/held-changes'), {
          what: ({ operation }) => operation,
          deployments: ({ deployments }) => deployments,
          'asked by': ({ askedBy }) => askedBy.name,
          state: ({ state }) => state,
          at: ({ createdAt }) => when(createdAt),
          until: ({ expiresAt }) => when(expiresAt),
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  change
    .command('show')
    .argument('<id>', 'as the list shows it')
    .description('what exactly was asked for, and what became of it')
    .action(
      run(async (terminal, [id]) => {
        terminal.result(await openApi().call<Record<string, unknown>>(pathOf(id)), facts);
        return 0;
      }),
    );
  for (const [verb, decision, description] of verbs)
    change
      .command(verb)
      .argument('<id>', 'as the list shows it')
      .description(description)
      .action(
        run(async (terminal, [id]) => {
          const body = { decision };
          const decided = await openApi().call<ChangeView>(`${pathOf(id)}/decision`, { method: 'POST', body });
          terminal.result(decided, ({ state, outcome }) => outcome?.detail ?? `It is ${state}.`);
          return decision === 'approved' && decided.state !== 'done' ? 1 : 0;
        }),
      );
  change
    .command('setting')
    .option('--deployments <number>', 'so many deployments or more need a second administrator', wholeNumber)
    .option('--off', 'nothing needs one')
    .option('--hours <number>', 'how long a change waits', wholeNumber)
    .description('show, or change, from when on changes need a second administrator')
    .action(
      run(async (terminal, _given, { deployments, off, hours }) => {
        if (off && deployments !== undefined)
          throw new Failure('invalid', 'wrong-use', 'Give --deployments or --off, not both.');
        const api = openApi();
        const path = '/settings/second-approval';
        const stored = await api.call<Setting>(path);
        const body = {
          deployments: off ? null : (deployments ?? stored.deployments),
          hours: hours ?? stored.hours,
        };
        const asked = off || deployments !== undefined || hours !== undefined;
        const setting = asked ? await api.call<Setting>(path, { method: 'PUT', body }) : stored;
        terminal.result(setting, (now) =>
          now.deployments === null
            ? 'Nothing needs a second administrator.'
            : `What touches ${now.deployments} deployments or more needs a second administrator, within ${now.hours} hours.`,
        );
        return 0;
      }),
    );
};

function pathOf(id: unknown): string {
  return `/held-changes/${segment(id)}`;
}
