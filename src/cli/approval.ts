import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList, wholeNumber } from './list.ts';
import { facts, when } from './show.ts';

type ApprovalView = {
  readonly id: string;
  readonly subjectText: string | null;
  readonly state: string;
  readonly createdAt: number;
};

const most = 200;

export const registerApproval: RegisterCommand = (program, run) => {
  const approval = program.command('approval').description('requests of profiles that want an administrator’s word');
  approval
    .command('list')
    .description('requests that wait, newest first')
    .option('--all', 'also those that were decided')
    .option('--limit <number>', `at most so many; default ${most}`, wholeNumber)
    .action(
      run(async (terminal, _args, { all, limit }) => {
        const query = { state: all === true ? undefined : 'waiting', limit: Math.min(Number(limit ?? most), most) };
        printList(terminal, await openApi().call<{ items: ApprovalView[]; next: null }>('/approvals', { query }), {
          id: ({ id }) => id,
          state: ({ state }) => state,
          since: ({ createdAt }) => when(createdAt),
          subject: ({ subjectText }) => subjectText,
        });
        return 0;
      }),
    );
  for (const [verb, decision] of [
    ['approve', 'approved'],
    ['reject', 'rejected'],
  ] as const)
    approval
      .command(verb)
      .argument('<approval>', 'id')
      .description(`${verb} a request; the device learns it when it asks again`)
      .action(
        run(async (terminal, [id]) => {
          const path = `/approvals/${segment(id)}/decision`;
          const decided = await openApi().call<Record<string, unknown>>(path, { method: 'POST', body: { decision } });
          terminal.result(decided, facts);
          return 0;
        }),
      );
};
