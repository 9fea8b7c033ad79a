import { openApi, segment } from './api.ts';
import type { ApiClient } from './api-client.ts';
import { askFirst, withAsking } from './ask-first.ts';
import type { Action, RegisterCommand } from './command.ts';
import { printList, readList, withPaging } from './list.ts';
import { facts } from './show.ts';

type GroupView = { readonly id: string; readonly name: string; readonly kind: string; readonly description: string };
type MemberView = { readonly kind: 'user' | 'device' | 'group'; readonly id: string };

export const registerGroup: RegisterCommand = (program, run) => {
  const group = program.command('group').description('groups of users and of devices');
  withPaging(group.command('list'))
    .description('all groups')
    .option('--search <text>', 'part of the name')
    .action(
      run(async (terminal, _args, options) => {
        const { search } = options as Record<string, string>;
        printList(terminal, await readList<GroupView>(openApi(), '/groups', options, { search }), {
          name: ({ name }) => name,
          kind: ({ kind }) => kind,
          description: ({ description }) => description,
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  group
    .command('show')
    .argument('<group>', 'exact name or id')
    .description('what is known of a group')
    .action(
      run(async (terminal, [name]) => {
        terminal.result(await openApi().call<Record<string, unknown>>(`/groups/${segment(name)}`), facts);
        return 0;
      }),
    );
  group
    .command('members')
    .argument('<group>', 'exact name or id')
    .description('the direct members of a group; the same as `group member list`')
    .action(run(printMembers));
  withAsking(group.command('delete'))
    .argument('<group>', 'exact name or id')
    .description('delete a group that no assignment names; its members stay')
    .action(
      run(async (terminal, [name], options) => {
        const api = openApi();
        const stop = await askFirst(terminal, api, { change: 'deleteGroup', group: name }, options);
        if (stop !== null) return stop;
        await api.call(`/groups/${segment(name)}`, { method: 'DELETE' });
        terminal.result({ deleted: name }, () => 'Deleted.');
        return 0;
      }),
    );
  const member = group.command('member').description('who is in a group');
  member
    .command('list')
    .argument('<group>', 'exact name or id')
    .description('the direct members of a group')
    .action(run(printMembers));
  for (const [change, description] of [
    ['add', 'put users into a group of users, or devices into one of devices'],
    ['remove', 'take members out of a group'],
  ] as const)
    withAsking(member.command(change))
      .argument('<group>', 'exact name or id')
      .argument('<member...>', 'user principal names or exact names of devices, or ids')
      .option('--groups', 'the members are groups: exact names or ids')
      .description(description)
      .action(
        run(async (terminal, [name, ...members], options) => {
          const api = openApi();
          const { id, kind } = await api.call<GroupView>(`/groups/${segment(name)}`);
          const body = {
            [change]: members.map((each) => ({ kind: options.groups === true ? 'group' : kind, member: each })),
          };
          const stop = await askFirst(terminal, api, { change: 'members', group: id, ...body }, options);
          if (stop !== null) return stop;
          const path = `/groups/${segment(id)}/members`;
          const done = await api.call<{ readonly changed: number }>(path, { method: 'POST', body });
          terminal.result(done, ({ changed }) => changedText(changed, members.length));
          return 0;
        }),
      );
};

const printMembers: Action = async (terminal, [name]) => {
  const api = openApi();
  const { items } = await api.call<{ items: MemberView[] }>(`/groups/${segment(name)}/members`);
  const named = await Promise.all(items.map(async (item) => ({ ...item, name: await nameOf(api, item) })));
  printList(
    terminal,
    { items: named, next: null },
    { kind: ({ kind }) => kind, name: (member) => member.name, id: ({ id }) => id },
  );
  return 0;
};

function changedText(changed: number, asked: number): string {
  return changed === asked ? `Done: ${changed}.` : `Done: ${changed} of ${asked}; the others were so already.`;
}

async function nameOf(api: ApiClient, { kind, id }: MemberView): Promise<string> {
  const found = await api.call<{ userPrincipalName?: string; deviceName?: string; name?: string }>(`/${kind}s/${id}`);
  return found.userPrincipalName ?? found.deviceName ?? found.name ?? id;
}
