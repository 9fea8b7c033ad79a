import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, withPaging } from './list.ts';
import { facts } from './show.ts';

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
};
