import type { Command } from 'commander';
import { Failure } from '../../lib/failure.ts';
import { openApi, segment } from '../api.ts';
import type { RunCommand } from '../command.ts';
import { printList } from '../list.ts';
import { readSecretInput } from '../secret-input.ts';
import { facts } from '../show.ts';

type ProviderView = {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly groupsClaim: string;
  readonly enabled: boolean;
  readonly redirectUris: readonly string[];
  readonly version: number;
};
type Trial = { readonly answers: boolean; readonly problem: string | null; readonly signsOut: boolean };
type Options = {
  readonly name?: string;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly secretFile?: string;
  readonly public?: boolean;
  readonly scope?: readonly string[];
  readonly groupsClaim?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
};

const which = 'exact name or id';

/** `admin oidc list`, `show`, `create`, `update`, `delete` and `test`. */
export function registerIdentityProviders(admin: Command, run: RunCommand): void {
  const oidc = admin.command('oidc').description('identity providers by which administrators sign in (OpenID Connect)');
  oidc
    .command('list')
    .description('all identity providers')
    .action(
      run(async (terminal) => {
        printList(terminal, await openApi().call<{ items: ProviderView[]; next: null }>('/identity-providers'), {
          name: ({ name }) => name,
          enabled: ({ enabled }) => (enabled ? 'yes' : 'no'),
          issuer: ({ issuer }) => issuer,
          'client id': ({ clientId }) => clientId,
          groups: ({ groupsClaim }) => groupsClaim,
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  oidc
    .command('show')
    .argument('<provider>', which)
    .description('an identity provider, and the redirect addresses to register there')
    .action(
      run(async (terminal, [name]) => {
        terminal.result(await openApi().call<Record<string, unknown>>(pathOf(name)), facts);
        return 0;
      }),
    );
  withDetails(oidc.command('create'))
    .argument('<name>', 'on the button of the sign-in page')
    .requiredOption('--issuer <url>', 'as the provider writes it itself')
    .requiredOption('--client-id <id>', 'of the application that was registered there for this server')
    .option('--public', 'a client without a secret, which PKCE alone protects')
    .option('--disable', 'no button yet, and the provider is not asked')
    .description('add an identity provider')
    .action(
      run(async (terminal, [name], given) => {
        const options = given as Options;
        if ((options.secretFile === undefined) === (options.public !== true))
          throw new Failure('invalid', 'wrong-use', 'Give --secret-file, or --public for a client without a secret.');
        const clientSecret = await secretOf(terminal, options);
        const { issuer, clientId, scope: scopes, groupsClaim, disable } = options;
        const body = { name, issuer, clientId, clientSecret, scopes, groupsClaim, enabled: disable !== true };
        const made = await openApi().call<ProviderView>('/identity-providers', { method: 'POST', body });
        terminal.result(made, ({ redirectUris }) => `Added. Register there: ${redirectUris.join(' ')}`);
        return 0;
      }),
    );
  withDetails(oidc.command('update'))
    .argument('<provider>', which)
    .option('--name <name>', 'another name')
    .option('--issuer <url>', 'another issuer, while nobody has signed in by it')
    .option('--client-id <id>', 'another client id')
    .option('--public', 'no client secret any more')
    .option('--enable', 'show its button')
    .option('--disable', 'nobody signs in by it, and sessions that it vouched for end')
    .description('change an identity provider')
    .action(
      run(async (terminal, [known], given) => {
        const options = given as Options;
        if (options.enable && options.disable)
          throw new Failure('invalid', 'wrong-use', 'Give --enable or --disable, not both.');
        const api = openApi();
        const stored = await api.call<ProviderView>(pathOf(known));
        const body = {
          name: options.name ?? stored.name,
          issuer: options.issuer ?? stored.issuer,
          clientId: options.clientId ?? stored.clientId,
          clientSecret: await secretOf(terminal, options),
          scopes: options.scope ?? stored.scopes,
          groupsClaim: options.groupsClaim ?? stored.groupsClaim,
          enabled: options.enable ? true : options.disable ? false : stored.enabled,
        };
        const { id, version } = stored;
        const saved = await api.call<ProviderView>(pathOf(id), { method: 'PUT', version, body });
        terminal.result(saved, ({ enabled }) => `Changed; it is ${enabled ? 'enabled' : 'disabled'}.`);
        return 0;
      }),
    );
  oidc
    .command('delete')
    .argument('<provider>', which)
    .description('delete an identity provider; sessions that it vouched for end, administrators stay')
    .action(
      run(async (terminal, [name]) => {
        await openApi().call(pathOf(name), { method: 'DELETE' });
        terminal.result({ deleted: name }, () => 'Deleted.');
        return 0;
      }),
    );
  oidc
    .command('test')
    .argument('<provider>', which)
    .description('ask an identity provider whether it is there; exit 1 when it is not')
    .action(
      run(async (terminal, [name]) => {
        const trial = await openApi().call<Trial>(`${pathOf(name)}/test`, { method: 'POST' });
        terminal.result(trial, ({ problem, signsOut }) =>
          problem === null ? `It answers${signsOut ? ', and has a place to sign out' : ''}.` : problem,
        );
        return trial.answers ? 0 : 1;
      }),
    );
}

function withDetails(command: Command): Command {
  return command
    .option('--secret-file <file>', 'the client secret is in this file, or - for standard input')
    .option('--scope <scope...>', 'asked for beside openid; default: profile email')
    .option('--groups-claim <claim>', 'claim that lists groups, or the way to it with dots; default: groups');
}

/** Undefined: as it is. */
async function secretOf(
  terminal: Parameters<typeof readSecretInput>[0],
  { secretFile, public: isPublic }: Options,
): Promise<string | null | undefined> {
  if (secretFile !== undefined && isPublic)
    throw new Failure('invalid', 'wrong-use', 'Give --secret-file or --public, not both.');
  if (isPublic) return null;
  return secretFile === undefined ? undefined : readSecretInput(terminal, secretFile, 'client secret');
}

function pathOf(name: unknown): string {
  return `/identity-providers/${segment(name)}`;
}
