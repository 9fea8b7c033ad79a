import { openApi, segment } from './api.ts';
import type { ApiClient } from './api-client.ts';
import type { RegisterCommand } from './command.ts';
import { printList } from './list.ts';

type Explanation = {
  readonly profile: { readonly id: string; readonly slug: string; readonly name: string };
  readonly applies: boolean;
  readonly reasons: readonly {
    readonly code: string;
    /** Names of groups, from the assigned one to the one with the device or user. */
    readonly path: readonly string[];
    readonly by?: { readonly kind: string };
  }[];
  readonly rootNotAssigned: boolean;
};

export const registerExplain: RegisterCommand = (program, run) => {
  program
    .command('explain')
    .argument('<device>', 'exact name or id')
    .description('which profiles a device gets and why, and which not and why not')
    .option('--profile <profile>', 'this one only: slug, exact name or id')
    .option('--all', 'also profiles of other platforms')
    .action(
      run(async (terminal, [device], { profile, all }) => {
        const api = openApi();
        const wanted = typeof profile === 'string' ? await profileId(api, profile) : null;
        const { items } = await api.call<{ items: Explanation[] }>(`/devices/${segment(device)}/explain`);
        const shown = items.filter((each) =>
          wanted === null ? all === true || terminal.json || !ofOtherPlatform(each) : each.profile.id === wanted,
        );
        printList(
          terminal,
          { items: shown, next: null },
          {
            profile: (each) => each.profile.slug,
            applies: ({ applies }) => (applies ? 'yes' : 'no'),
            because: (each) => each.reasons.map(reasonText).join('; ') + (each.rootNotAssigned ? rootMissing : ''),
          },
        );
        return 0;
      }),
    );
};

const rootMissing = '; waits: its trusted certificate profile does not reach the device';

async function profileId(api: ApiClient, name: string): Promise<string> {
  return (await api.call<{ readonly id: string }>(`/profiles/${segment(name)}`)).id;
}

function ofOtherPlatform({ reasons }: Explanation): boolean {
  return reasons.some(({ code }) => code === 'wrong-platform');
}

const words: Readonly<Record<string, string>> = {
  included: 'included by',
  excluded: 'excluded by',
  'not-registered':
    'waits for the first complete inventory (from an agent, or registeredAt in the API or devices.csv; a group of users or the device itself need none), included by',
  'not-assigned': 'no assignment includes it',
  'wrong-platform': 'made for another platform',
  'wrong-management': 'made for another kind of management',
  'other-manager': 'another manager is in charge of certificates on it',
  retired: 'the device is retired',
};

function reasonText({ code, path, by }: Explanation['reasons'][number]): string {
  const text = words[code] ?? code;
  if (path.length > 0) return `${text} ${path.join(' > ')}`;
  return by === undefined ? text : `${text} ${targets[by.kind] ?? by.kind}`;
}

/** Targets that no path of groups leads to. */
const targets: Readonly<Record<string, string>> = {
  allDevices: 'all devices',
  allUsers: 'all users',
  device: 'this device',
  user: 'its user',
  group: 'a group',
};
