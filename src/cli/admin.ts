import { type GrantedPermission, grantedPermissions } from '../access/permission.ts';
import { writeSecretFile } from '../config/secrets.ts';
import { day, systemClock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { registerAdministrators } from './admin/register-administrators.ts';
import { registerIdentityProviders } from './admin/register-identity-providers.ts';
import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList, wholeNumber } from './list.ts';
import { when } from './show.ts';

type TokenView = {
  readonly id: string;
  readonly name: string;
  readonly permissions: 'all' | readonly string[];
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
};

export const registerAdmin: RegisterCommand = (program, run) => {
  const admin = program.command('admin').description('who may administer this server');
  registerAdministrators(admin, run);
  registerIdentityProviders(admin, run);
  const token = admin.command('token').description('API tokens');
  token
    .command('list')
    .description('all API tokens; never their secrets')
    .action(
      run(async (terminal) => {
        printList(terminal, await openApi().call<{ items: TokenView[]; next: null }>('/tokens'), {
          name: ({ name }) => name,
          permissions: ({ permissions }) => (permissions === 'all' ? 'all' : permissions.join(' ')),
          'last used': ({ lastUsedAt }) => when(lastUsedAt),
          ends: ({ revokedAt, expiresAt }) => (revokedAt === null ? when(expiresAt) : `revoked ${when(revokedAt)}`),
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  token
    .command('create')
    .argument('<name>', 'what it is for')
    .description('make an API token; its secret is shown this one time')
    .option('--permission <permission...>', 'what it may do; default: everything')
    .option('--scope-tag <name...>', 'it sees only what carries one of these; default: everything')
    .option('--scope-group <name...>', 'it assigns profiles to these groups alone; default: to all')
    .option('--days <number>', 'how long it lives; default: for ever', wholeNumber)
    .option('--output <file>', 'write the secret to this file (mode 0600) instead of showing it')
    .action(
      run(async (terminal, [name], { permission, scopeTag = 'all', scopeGroup = 'all', days, output }) => {
        const body = {
          name,
          permissions: Array.isArray(permission) ? permission.map(parsePermission) : 'all',
          scopeTags: scopeTag,
          scopeGroups: scopeGroup,
          expiresAt: typeof days === 'number' ? systemClock.now() + days * day : null,
        };
        const made = await openApi().call<{ token: TokenView; secret: string }>('/tokens', { method: 'POST', body });
        if (typeof output === 'string') {
          writeSecretFile(output, `${made.secret}\n`);
          terminal.result({ token: made.token, output }, () => `The secret is in ${output}.`);
        } else terminal.result(made, ({ secret }) => secret);
        return 0;
      }),
    );
  token
    .command('revoke')
    .argument('<token>', 'id')
    .description('revoke an API token')
    .action(
      run(async (terminal, [id]) => {
        await openApi().call(`/tokens/${segment(id)}`, { method: 'DELETE' });
        terminal.result({ revoked: id }, () => 'Revoked.');
        return 0;
      }),
    );
};

function parsePermission(text: unknown): GrantedPermission {
  const found = grantedPermissions.find((known) => known === text);
  if (found !== undefined) return found;
  const message = `There is no permission “${String(text)}”. Choose among ${grantedPermissions.join(', ')}.`;
  throw new Failure('invalid', 'permission-unknown', message, { permission: text });
}
