import type { JobFailure } from '../jobs/job.ts';
import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, withPaging } from './list.ts';
import { shortened, when } from './show.ts';
import { type JobView, jobText, watchJob } from './watch-job.ts';

export const registerJob: RegisterCommand = (program, run) => {
  const job = program.command('job').description('long work: how far it is, and what of it failed');
  withPaging(job.command('list'))
    .description('jobs, newest first')
    .option('--state <state>', 'running, paused, cancelled or done')
    .action(
      run(async (terminal, _args, options) => {
        const page = await readList<JobView>(openApi(), '/jobs', options, { state: options.state as string });
        printList(terminal, page, {
          title: ({ title }) => title,
          state: ({ state }) => state,
          'seen to': ({ done, skipped, failed, total }) => `${done + skipped + failed} of ${total}`,
          failed: ({ failed }) => failed,
          started: ({ createdAt }) => when(createdAt),
          by: ({ actor }) => actor.name,
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  job
    .command('show')
    .argument('<job>', 'id')
    .option('--wait', 'until it has ended, with progress')
    .description('how far it is')
    .action(
      run(async (terminal, [id], { wait }) => {
        const api = openApi();
        const path = `/jobs/${segment(id)}`;
        const shown = wait === true ? await watchJob(terminal, api, String(id)) : await api.call<JobView>(path);
        terminal.result(shown, jobText);
        return 0;
      }),
    );
  withPaging(job.command('failures'))
    .argument('<job>', 'id')
    .description('what of it failed, and why')
    .action(
      run(async (terminal, [id], options) => {
        printList(terminal, await readList<JobFailure>(openApi(), `/jobs/${segment(id)}/failures`, options), {
          name: ({ name }) => name,
          code: ({ code }) => code,
          reason: ({ detail }) => shortened(detail, 100),
          at: ({ at }) => when(at),
        });
        return 0;
      }),
    );
  for (const [steer, description] of [
    ['pause', 'stop after the batch that is under way'],
    ['resume', 'go on where it stopped'],
    ['cancel', 'end it; what is done stays done'],
  ] as const)
    job
      .command(steer)
      .argument('<job>', 'id')
      .description(description)
      .action(
        run(async (terminal, [id]) => {
          const path = `/jobs/${segment(id)}/${steer}`;
          terminal.result(await openApi().call<JobView>(path, { method: 'POST' }), jobText);
          return 0;
        }),
      );
};
