import { Failure } from '../lib/failure.ts';
import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { type DeploymentView, deviceText, nextStep, profileText, stateText } from './deployment-view.ts';
import { printList, readList, wholeNumber, withPaging } from './list.ts';
import { facts, shortened, when } from './show.ts';
import { type TimelineView, timelineText } from './timeline-text.ts';
import { type JobView, jobText, watchJob } from './watch-job.ts';

export const registerDeployment: RegisterCommand = (program, run) => {
  const deployment = program.command('deployment').description('one profile on one device: what became of it');
  withPaging(deployment.command('list'))
    .description('deployments, newest first')
    .option('--profile <profile>', 'of this profile: slug, exact name or id')
    .option('--device <device>', 'of this device: exact name or id')
    .option('--states <states>', 'in one of these states, separated by commas')
    .option('--drifted', 'whose certificate says something else than the directory')
    .action(
      run(async (terminal, _args, options) => {
        const { profile, device, states, drifted } = options as Record<string, string>;
        const query = { profile, device, states, drifted: drifted === undefined ? undefined : 'true' };
        const page = await readList<DeploymentView>(openApi(), '/deployments', options, query);
        printList(terminal, page, {
          device: deviceText,
          profile: profileText,
          state: stateText,
          'subject or problem': ({ problem, expectation }) =>
            shortened(problem?.detail ?? expectation?.subjectText ?? '-', 80),
          'what is next': (each) => (each.problem === null && each.expectation !== null ? nextStep(each) : '-'),
          changed: ({ updatedAt }) => when(updatedAt),
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  deployment
    .command('timeline')
    .argument('<deployment>', 'id, as `deployment list` shows it')
    .description('what happened to a deployment, step by step, and what to do about it')
    .action(
      run(async (terminal, [id]) => {
        const path = `/deployments/${segment(id)}/timeline`;
        terminal.result(await openApi().call<TimelineView>(path), timelineText);
        return 0;
      }),
    );
  deployment
    .command('reissue')
    .argument('[deployment]', 'id; absent: all that the options select, as a job')
    .description('have new certificates issued at the next check-in')
    .option('--device <device>', 'of this device: exact name or id')
    .option('--profile <profile>', 'of this profile: slug, exact name or id')
    .option('--filter <filter>', 'of the devices that answer to this filter: exact name or id')
    .option('--all', 'of everybody')
    .option('--rate <number>', 'at most so many a minute', wholeNumber)
    .option('--dry-run', 'only say how many there are')
    .option('--no-wait', 'do not wait for the job to end')
    .action(
      run(async (terminal, [id], options) => {
        const { device, profile, filter, all, rate, dryRun, wait } = options;
        const selects = [device, profile, filter, all].some((option) => option !== undefined);
        if ((id === undefined) !== selects)
          throw new Failure(
            'invalid',
            'wrong-use',
            'Name one deployment, or select many with --device, --profile, --filter or --all.',
          );
        if (id !== undefined && (dryRun === true || rate !== undefined || wait === false))
          throw new Failure(
            'invalid',
            'wrong-use',
            '--rate, --dry-run and --no-wait go with many: leave them out for one.',
          );
        const api = openApi();
        if (id !== undefined) {
          const path = `/deployments/${segment(id)}/re-issue`;
          terminal.result(await api.call<Record<string, unknown>>(path, { method: 'POST' }), facts);
          return 0;
        }
        const body = { device, profile, filter, all, rate, dryRun };
        const started = await api.call<{ total: number; job: JobView | null }>('/deployments/re-issue', {
          method: 'POST',
          body,
        });
        if (started.job === null) {
          terminal.result(started, ({ total }) => `${total} certificates would be issued anew`);
          return 0;
        }
        const job = wait === false ? started.job : await watchJob(terminal, api, started.job.id);
        terminal.result({ ...started, job }, ({ job }) => jobText(job));
        return job.failed > 0 ? 1 : 0;
      }),
    );
};
