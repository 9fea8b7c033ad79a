import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, withPaging } from './list.ts';
import { facts, shortened, when } from './show.ts';

type DeploymentView = {
  readonly id: string;
  readonly profileId: string;
  readonly profileSlug: string | null;
  readonly deviceId: string;
  readonly deviceName: string | null;
  readonly wanted: boolean;
  readonly state: string;
  readonly problem: { readonly code: string; readonly detail: string } | null;
  readonly expectation: { readonly subjectText: string } | null;
  readonly updatedAt: number;
};

export const registerDeployment: RegisterCommand = (program, run) => {
  const deployment = program.command('deployment').description('one profile on one device: what became of it');
  withPaging(deployment.command('list'))
    .description('deployments, newest first')
    .option('--profile <profile>', 'of this profile: slug, exact name or id')
    .option('--device <device>', 'of this device: exact name or id')
    .option('--states <states>', 'in one of these states, separated by commas')
    .action(
      run(async (terminal, _args, options) => {
        const { profile, device, states } = options as Record<string, string>;
        const page = await readList<DeploymentView>(openApi(), '/deployments', options, { profile, device, states });
        printList(terminal, page, {
          device: ({ deviceName, deviceId }) => deviceName ?? deviceId,
          profile: ({ profileSlug, profileId }) => profileSlug ?? profileId,
          state: ({ state, wanted }) => (wanted ? state : `${state} (not wanted)`),
          'subject or problem': ({ problem, expectation }) =>
            shortened(problem?.detail ?? expectation?.subjectText ?? '-', 80),
          changed: ({ updatedAt }) => when(updatedAt),
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  deployment
    .command('reissue')
    .argument('<deployment>', 'id')
    .description('have a new certificate issued at the next check-in')
    .action(
      run(async (terminal, [id]) => {
        const path = `/deployments/${segment(id)}/re-issue`;
        terminal.result(await openApi().call<Record<string, unknown>>(path, { method: 'POST' }), facts);
        return 0;
      }),
    );
};
