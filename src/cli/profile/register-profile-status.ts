import { type Command, Option } from 'commander';
import { deploymentStatuses } from '../../deployments/deployment-status.ts';
import { Failure } from '../../lib/failure.ts';
import { openApi, segment } from '../api.ts';
import type { RunCommand } from '../command.ts';
import { type DeploymentView, deviceText, nextStep } from '../deployment-view.ts';
import { printList, readList, withPaging } from '../list.ts';
import { when } from '../show.ts';
import { table } from '../table.ts';

type Counts = Readonly<Record<string, number>>;
type StatusView = {
  readonly slug: string;
  readonly total: number;
  readonly counts: Counts;
  readonly states: readonly {
    readonly status: string;
    readonly state: string;
    readonly wanted: boolean;
    readonly count: number;
  }[];
};
type UserStatusView = {
  readonly userId: string;
  readonly userPrincipalName: string | null;
  readonly status: string;
  readonly counts: Counts;
};

/** `profile status` and `report status`. */
export function registerProfileStatus(parent: Command, run: RunCommand): void {
  withPaging(parent.command('status'))
    .argument('<profile>', 'slug, exact name or id')
    .addOption(new Option('--by <what>', 'one line for each').choices(['device', 'user']))
    .addOption(new Option('--status <status>', 'with --by device: only these').choices([...deploymentStatuses]))
    .description('how a profile fares: in numbers, on each device, or for each user')
    .action(
      run(async (terminal, [name], options) => {
        const { by, status } = options as { readonly by?: 'device' | 'user'; readonly status?: string };
        const api = openApi();
        const path = `/profiles/${segment(name)}/status`;
        if (status !== undefined && by !== 'device')
          throw new Failure('invalid', 'wrong-use', '--status narrows a list of devices: add --by device.');
        if (by === undefined) {
          terminal.result(await api.call<StatusView>(path), statusText);
          return 0;
        }
        if (by === 'device')
          printList(terminal, await readList<DeploymentView>(api, `${path}/devices`, options, { status }), {
            device: deviceText,
            status: (each) => each.status,
            state: ({ state }) => state,
            since: ({ stateSince }) => when(stateSince),
            'what is next': nextStep,
          });
        else
          printList(terminal, await readList<UserStatusView>(api, `${path}/users`, options), {
            user: ({ userPrincipalName, userId }) => userPrincipalName ?? userId,
            status: (each) => each.status,
            devices: ({ counts }) => countsText(counts),
          });
        return 0;
      }),
    );
}

function statusText({ total, counts, states }: StatusView): string {
  const summary = table(Object.entries(counts), { status: ([status]) => status, deployments: ([, count]) => count });
  if (total === 0) return summary;
  const detail = table(states, {
    state: ({ state, wanted }) => (wanted ? state : `${state} (not wanted)`),
    status: ({ status }) => status,
    deployments: ({ count }) => count,
  });
  return `${summary}\n\n${detail}`;
}

function countsText(counts: Counts): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');
}
