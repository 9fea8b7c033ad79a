import { openApi, segment } from './api.ts';
import { askFirst, withAsking } from './ask-first.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, withPaging } from './list.ts';
import { facts } from './show.ts';
import { table } from './table.ts';

type UserView = {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string | null;
  readonly department: string | null;
};

export const registerUser: RegisterCommand = (program, run) => {
  const user = program.command('user').description('people as the directory knows them');
  withPaging(user.command('list'))
    .description('all users')
    .option('--search <text>', 'part of a name')
    .action(
      run(async (terminal, _args, options) => {
        const { search } = options as Record<string, string>;
        printList(terminal, await readList<UserView>(openApi(), '/users', options, { search }), {
          upn: ({ userPrincipalName }) => userPrincipalName,
          name: ({ displayName }) => displayName,
          department: ({ department }) => department,
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  user
    .command('show')
    .argument('<upn>', 'user principal name or id')
    .description('everything that is known of a user')
    .action(
      run(async (terminal, [name]) => {
        terminal.result(await openApi().call<Record<string, unknown>>(`/users/${segment(name)}`), facts);
        return 0;
      }),
    );
  withAsking(user.command('delete'))
    .argument('<upn>', 'user principal name or id')
    .description('delete a user; their devices stay, and lose what they have for this user')
    .action(
      run(async (terminal, [name], options) => {
        const api = openApi();
        const stop = await askFirst(terminal, api, { change: 'deleteUser', user: name }, options);
        if (stop !== null) return stop;
        await api.call(`/users/${segment(name)}`, { method: 'DELETE' });
        terminal.result({ deleted: name }, () => 'Deleted.');
        return 0;
      }),
    );
  user
    .command('erase')
    .argument('<upn>', 'user principal name; also of somebody whom the directory has forgotten')
    .option('--yes <upn>', 'do it: the same name, typed once more')
    .description('take a person out of everything that is kept; without --yes only say what that touches')
    .action(
      run(async (terminal, [upn], { yes }) => {
        const api = openApi();
        const path = `/users/${segment(upn)}/erasure`;
        if (typeof yes !== 'string') {
          terminal.result(await api.call<ErasurePreview>(path), previewText);
          return 0;
        }
        const body = { confirm: yes };
        terminal.result(await api.call<ErasureView>(path, { method: 'POST', body }), erasureText);
        return 0;
      }),
    );
};

type ErasurePreview = {
  readonly userPrincipalName: string | null;
  readonly pseudonym: string;
  readonly devices: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly stays: readonly { readonly kind: string; readonly id: string; readonly name: string }[];
};
type ErasureView = {
  readonly pseudonym: string;
  readonly changed: Readonly<Record<string, number>>;
  readonly endedAt: number | null;
};

function previewText({ userPrincipalName, pseudonym, devices, counts, stays }: ErasurePreview): string {
  const who =
    userPrincipalName === null
      ? 'The directory has forgotten this person already.'
      : `The directory would forget ${userPrincipalName}; ${devices} devices lose what they have for this user.`;
  const staying =
    stays.length === 0
      ? ''
      : `\nThese name the person in words of their own, and stay as they are. Change them first:\n${table(stays, {
          kind: ({ kind }) => kind,
          name: ({ name }) => name,
          id: ({ id }) => id,
        })}`;
  return `${who}\n${pseudonym} would stand for their names in\n${countsText(counts)}${staying}\nThis cannot be undone. DER of certificates stays until its retention. Nothing was done: repeat with --yes <upn>.`;
}

function erasureText({ pseudonym, changed, endedAt }: ErasureView): string {
  if (endedAt === null)
    return `Begun; another node finishes it within minutes. ${pseudonym} will stand for their names.`;
  return `${pseudonym} now stands for their names in\n${countsText(changed)}`;
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return table(Object.entries(counts), { where: ([place]) => place, rows: ([, count]) => count });
}
