import type { Command } from 'commander';
import { writeSecretFile } from '../../config/secrets.ts';
import { Failure } from '../../lib/failure.ts';
import { openApi, segment } from '../api.ts';
import type { RunCommand } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { printList } from '../list.ts';
import { facts, when } from '../show.ts';
import type { Terminal } from '../terminal.ts';

type AdministratorView = {
  readonly id: string;
  readonly name: string;
  readonly signInName: string;
  readonly state: 'active' | 'disabled';
  readonly version: number;
  readonly lastSignInAt: number | null;
};
type Code = { readonly code: string; readonly expiresAt: number };
type SessionView = {
  readonly id: string;
  readonly method: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly endsAt: number;
  readonly address: string;
  readonly userAgent: string;
};

const which = 'sign-in name or id';
const output = ['--output <file>', 'write the code to this file (mode 0600) instead of showing it'] as const;

/** `admin list`, `show`, `create`, `update`, `disable`, `enable`, `delete`, `reset` and `session`. */
export function registerAdministrators(admin: Command, run: RunCommand): void {
  admin
    .command('list')
    .description('administrators')
    .action(
      run(async (terminal) => {
        printList(terminal, await openApi().call<{ items: AdministratorView[]; next: null }>('/administrators'), {
          'signs in as': ({ signInName }) => signInName,
          name: ({ name }) => name,
          state: ({ state }) => state,
          'last sign-in': ({ lastSignInAt }) => when(lastSignInAt),
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  admin
    .command('show')
    .argument('<administrator>', which)
    .description('an administrator')
    .action(
      run(async (terminal, [name]) => {
        terminal.result(await openApi().call<Record<string, unknown>>(pathOf(name)), facts);
        return 0;
      }),
    );
  admin
    .command('create')
    .argument('<sign-in-name>', 'what they type at sign-in, such as a mail address')
    .option('--name <name>', 'for people; default: the sign-in name')
    .option(...output)
    .description('add an administrator; they sign in the first time with the code that is shown')
    .action(
      run(async (terminal, [signInName], { name, output }) => {
        const body = { signInName, name: name ?? signInName };
        const made = await openApi().call<Code & { administrator: AdministratorView }>('/administrators', {
          method: 'POST',
          body,
        });
        tell(terminal, made, output);
        return 0;
      }),
    );
  admin
    .command('update')
    .argument('<administrator>', which)
    .option('--name <name>', 'for people')
    .option('--sign-in-name <name>', 'what they type at sign-in')
    .description('rename an administrator')
    .action(
      run(async (terminal, [known], { name, signInName }) => {
        await change(terminal, known, {
          ...(typeof name === 'string' && { name }),
          ...(typeof signInName === 'string' && { signInName }),
        });
        return 0;
      }),
    );
  for (const [verb, state, description] of [
    ['disable', 'disabled', 'shut an administrator out; all their sessions end'],
    ['enable', 'active', 'let an administrator in again'],
  ] as const)
    admin
      .command(verb)
      .argument('<administrator>', which)
      .description(description)
      .action(
        run(async (terminal, [known]) => {
          await change(terminal, known, { state });
          return 0;
        }),
      );
  admin
    .command('delete')
    .argument('<administrator>', which)
    .description('delete an administrator; the name stays in the audit log')
    .action(
      run(async (terminal, [name]) => {
        await openApi().call(pathOf(name), { method: 'DELETE' });
        terminal.result({ deleted: name }, () => 'Deleted.');
        return 0;
      }),
    );
  admin
    .command('reset')
    .argument('[administrator]', `${which}; none: show where the set-up code of a new installation is`)
    .option(...output)
    .description(
      'let an administrator in again who has lost their password: a code that signs in once. Without a server, on the data directory itself',
    )
    .action(
      run(async (terminal, [name], { output }) => {
        if (name === undefined) {
          const { findSetUpCode } = await import('./recover.ts');
          terminal.result(await findSetUpCode(), facts);
          return 0;
        }
        tell(terminal, await reset(terminal, name), output);
        return 0;
      }),
    );
  registerSessions(admin, run);
}

function registerSessions(admin: Command, run: RunCommand): void {
  const session = admin.command('session').description('where administrators are signed in');
  session
    .command('list')
    .argument('<administrator>', which)
    .description('sessions of an administrator')
    .action(
      run(async (terminal, [name]) => {
        printList(terminal, await openApi().call<{ items: SessionView[]; next: null }>(`${pathOf(name)}/sessions`), {
          begun: ({ createdAt }) => when(createdAt),
          by: ({ method }) => method,
          from: ({ address }) => address,
          'last seen': ({ lastSeenAt }) => when(lastSeenAt),
          ends: ({ endsAt }) => when(endsAt),
          browser: ({ userAgent }) => userAgent,
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  session
    .command('end')
    .argument('<administrator>', which)
    .argument('[session]', 'id; none: all of them')
    .description('end sessions: the administrator has to sign in again')
    .action(
      run(async (terminal, [name, id]) => {
        const path = `${pathOf(name)}/sessions`;
        if (id !== undefined) {
          await openApi().call(`${path}/${segment(id)}`, { method: 'DELETE' });
          terminal.result({ ended: 1 }, () => 'Ended.');
        } else
          terminal.result(await openApi().call<{ ended: number }>(path, { method: 'DELETE' }), ({ ended }) =>
            ended === 1 ? '1 session ended.' : `${ended} sessions ended.`,
          );
        return 0;
      }),
    );
}

async function change(terminal: Terminal, known: unknown, facts: Partial<AdministratorView>): Promise<void> {
  const api = openApi();
  const stored = await api.call<AdministratorView>(pathOf(known));
  const { id, version, name, signInName, state } = stored;
  const body = { name, signInName, state, ...facts };
  const saved = await api.call<AdministratorView>(pathOf(id), { method: 'PUT', version, body });
  terminal.result(saved, () => 'Changed.');
}

/** By the server that runs here, or without one: whoever has the machine comes in again. */
async function reset(terminal: Terminal, name: string): Promise<Code> {
  try {
    return await openApi().call<Code>(`${pathOf(name)}/reset`, { method: 'POST' });
  } catch (error) {
    const noServer = exitCode(error) === 3;
    const noToken = error instanceof Failure && ['no-token', 'unauthenticated'].includes(error.code);
    if (!noServer && !noToken) throw error;
    const { resetWithoutServer } = await import('./recover.ts');
    terminal.say('No server here lets this command in: working on the data directory itself.');
    return resetWithoutServer(name);
  }
}

function tell(terminal: Terminal, made: Code, output: unknown): void {
  const until = `It signs in once, until ${when(made.expiresAt)}.`;
  if (typeof output === 'string') {
    writeSecretFile(output, `${made.code}\n`);
    const { code: _, ...rest } = made;
    terminal.result({ ...rest, output }, () => `The code is in ${output}. ${until}`);
  } else {
    terminal.result(made, ({ code }) => code);
    terminal.say(until);
  }
}

function pathOf(name: unknown): string {
  return `/administrators/${segment(name)}`;
}
