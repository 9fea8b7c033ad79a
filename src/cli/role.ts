import type { Command } from 'commander';
import { Failure } from '../lib/failure.ts';
import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList } from './list.ts';
import { facts, when } from './show.ts';

type RoleView = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
  readonly builtIn: boolean;
  readonly version: number;
};
type AssignmentView = {
  readonly id: string;
  readonly roleId: string;
  readonly roleName: string | null;
  readonly members: readonly {
    readonly kind: string;
    readonly id?: string;
    readonly signInName?: string | null;
    readonly value?: string;
    readonly providerName?: string | null;
  }[];
  readonly scope: { readonly scopeTags: 'all' | readonly string[]; readonly scopeGroups: 'all' | readonly string[] };
  readonly createdAt: number;
};
type Options = {
  readonly name?: string;
  readonly description?: string;
  readonly permission?: readonly string[];
  readonly administrator?: readonly string[];
  readonly oidcGroup?: readonly string[];
  readonly oidcProvider?: string;
  readonly scopeTag?: readonly string[];
  readonly scopeGroup?: readonly string[];
};

const which = 'exact name or id';

export const registerRole: RegisterCommand = (program, run) => {
  const role = program.command('role').description('what administrators may do, and who may do it where');
  role
    .command('list')
    .description('all roles, the built-in ones first')
    .action(
      run(async (terminal) => {
        printList(terminal, await openApi().call<{ items: RoleView[]; next: null }>('/roles'), {
          name: ({ name }) => name,
          'built in': ({ builtIn }) => (builtIn ? 'yes' : ''),
          permissions: ({ permissions }) => permissions.length,
          description: ({ description }) => description,
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  role
    .command('show')
    .argument('<role>', which)
    .description('a role, and what it gives')
    .action(
      run(async (terminal, [name]) => {
        terminal.result(await openApi().call<Record<string, unknown>>(`/roles/${segment(name)}`), facts);
        return 0;
      }),
    );
  withDetails(role.command('create'))
    .argument('<name>', 'unique')
    .description('make a role of permissions')
    .action(
      run(async (terminal, [name], options) => {
        const { description, permission: permissions = [] } = options as Options;
        const body = { name, description, permissions };
        terminal.result(await openApi().call<RoleView>('/roles', { method: 'POST', body }), () => 'Made.');
        return 0;
      }),
    );
  withDetails(role.command('update'))
    .argument('<role>', which)
    .option('--name <name>', 'another name')
    .description('change a role; whoever has it has what it gives now')
    .action(
      run(async (terminal, [known], options) => {
        const { name, description, permission } = options as Options;
        const api = openApi();
        const stored = await api.call<RoleView>(`/roles/${segment(known)}`);
        const body = {
          name: name ?? stored.name,
          description: description ?? stored.description,
          permissions: permission ?? stored.permissions,
        };
        const path = `/roles/${segment(stored.id)}`;
        const saved = await api.call<RoleView>(path, { method: 'PUT', version: stored.version, body });
        terminal.result(saved, () => 'Changed.');
        return 0;
      }),
    );
  role
    .command('delete')
    .argument('<role>', which)
    .description('delete a role that nobody has')
    .action(
      run(async (terminal, [name]) => {
        await openApi().call(`/roles/${segment(name)}`, { method: 'DELETE' });
        terminal.result({ deleted: true }, () => 'Deleted.');
        return 0;
      }),
    );
  registerAssignments(role.command('assignment').description('who has which role, and where'), run);
};

const registerAssignments = (assignment: Command, run: Parameters<RegisterCommand>[1]) => {
  assignment
    .command('list')
    .description('all assignments of roles')
    .action(
      run(async (terminal) => {
        const found = await openApi().call<{ items: AssignmentView[]; next: null }>('/role-assignments');
        printList(terminal, found, {
          role: ({ roleName, roleId }) => roleName ?? roleId,
          members: ({ members }) =>
            members
              .map(({ id, signInName, value, providerName }) =>
                value === undefined
                  ? (signInName ?? id)
                  : `group ${value} of ${providerName ?? 'a provider that is gone'}`,
              )
              .join(', '),
          'scope tags': ({ scope }) => (scope.scopeTags === 'all' ? 'all' : scope.scopeTags.length),
          'scope groups': ({ scope }) => (scope.scopeGroups === 'all' ? 'all' : scope.scopeGroups.length),
          since: ({ createdAt }) => when(createdAt),
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  assignment
    .command('create')
    .argument('<role>', which)
    .option('--administrator <name...>', 'administrators who get it, by id or sign-in name')
    .option('--oidc-group <value...>', 'values of the group claim of OpenID Connect whose people get it')
    .option('--oidc-provider <name>', 'the identity provider whose groups are meant; left out: the only one')
    .option('--scope-tag <name...>', 'only what carries one of these is visible; left out: everything')
    .option('--scope-group <name...>', 'profiles may be assigned to these groups alone; left out: to all')
    .description('give a role to somebody; it counts within its scope alone')
    .action(
      run(async (terminal, [name], options) => {
        const { administrator = [], oidcGroup = [], oidcProvider: provider } = options as Options;
        const { scopeTag = 'all', scopeGroup = 'all' } = options as Options;
        const members = [
          ...administrator.map((id) => ({ kind: 'administrator', id })),
          ...oidcGroup.map((value) => ({ kind: 'oidcGroup', provider, value })),
        ];
        if (members.length === 0)
          throw new Failure('invalid', 'role-without-members', 'Give --administrator or --oidc-group.');
        const body = { role: name, members, scopeTags: scopeTag, scopeGroups: scopeGroup };
        const made = await openApi().call<AssignmentView>('/role-assignments', { method: 'POST', body });
        terminal.result(made, ({ id }) => `Given: ${id}`);
        return 0;
      }),
    );
  assignment
    .command('delete')
    .argument('<id>', 'as the list shows it')
    .description('take a role from the members of one assignment')
    .action(
      run(async (terminal, [id]) => {
        await openApi().call(`/role-assignments/${segment(id)}`, { method: 'DELETE' });
        terminal.result({ deleted: true }, () => 'Taken.');
        return 0;
      }),
    );
};

function withDetails(command: Command): Command {
  return command
    .option('--description <text>', 'what it is for')
    .option('--permission <name...>', 'such as certificates.read; in place of those it has');
}
