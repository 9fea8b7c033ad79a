import { Failure } from '../lib/failure.ts';
import { openApi, segment } from './api.ts';
import type { ApiClient } from './api-client.ts';
import type { RegisterCommand } from './command.ts';
import { type DeploymentView, driftText, stateText } from './deployment-view.ts';
import { printList } from './list.ts';
import { when } from './show.ts';

type Explanation = {
  /** When a user is explained; null: the user has none. */
  readonly device?: { readonly deviceName: string } | null;
  readonly profile: { readonly id: string; readonly slug: string; readonly name: string };
  readonly status: string;
  readonly sentence: string;
  readonly reasons: readonly { readonly code: string }[];
  readonly deployment: DeploymentView | null;
};

export const registerExplain: RegisterCommand = (program, run) => {
  program
    .command('explain')
    .argument('[device]', 'exact name or id')
    .description('which profiles a device or a user gets and why, and which not and why not')
    .option('--user <upn>', 'instead of a device: this user, device by device')
    .option('--profile <profile>', 'this one only: slug, exact name or id')
    .option('--all', 'also profiles of other platforms')
    .action(
      run(async (terminal, [device], { user, profile, all }) => {
        if ((device === undefined) === (user === undefined))
          throw new Failure('invalid', 'wrong-use', 'Name either a device, or a user with --user.');
        const api = openApi();
        const wanted = typeof profile === 'string' ? await profileId(api, profile) : null;
        const path = user === undefined ? `/devices/${segment(device)}/explain` : `/users/${segment(user)}/explain`;
        const { items } = await api.call<{ items: Explanation[] }>(path);
        const shown = items.filter((each) =>
          wanted === null ? all === true || terminal.json || !ofOtherPlatform(each) : each.profile.id === wanted,
        );
        printList(
          terminal,
          { items: shown, next: null },
          {
            ...(user !== undefined && { device: (each: Explanation) => each.device?.deviceName ?? '-' }),
            profile: (each) => each.profile.slug,
            status: ({ status }) => status,
            because: ({ sentence }) => sentence,
            certificate: certificateText,
          },
        );
        return 0;
      }),
    );
};

async function profileId(api: ApiClient, name: string): Promise<string> {
  return (await api.call<{ readonly id: string }>(`/profiles/${segment(name)}`)).id;
}

/** How far it is, when it renews, and what it says that is not so any more. */
function certificateText({ deployment }: Explanation): string {
  if (deployment === null) return '-';
  const { renewal, drift } = deployment;
  const renews = renewal === null ? null : `renews from ${when(renewal.from)}, at ${when(renewal.at)}`;
  return [stateText(deployment), renews, drift && driftText(drift)].filter(Boolean).join('; ');
}

function ofOtherPlatform({ reasons }: Explanation): boolean {
  return reasons.some(({ code }) => code === 'wrong-platform');
}
