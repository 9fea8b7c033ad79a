/** `agent`: the device side, for a Linux machine. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type AgentRun, leaveAgent, runAgentOnce } from '../client/agent.ts';
import type { AgentDeps } from '../client/agent-deps.ts';
import { agentStatus } from '../client/agent-status.ts';
import { fileAgentStore } from '../client/file-agent-store.ts';
import { httpTransport } from '../client/http-transport.ts';
import { joinAgent } from '../client/join-agent.ts';
import { localFacts } from '../client/local-facts.ts';
import { makeDeviceKey } from '../client/make-device-key.ts';
import { runAgent } from '../client/run-agent.ts';
import { agentHabits } from '../client/scep-habits.ts';
import { sleep } from '../client/sleep.ts';
import { second, systemClock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { shuffled } from '../lib/random.ts';
import { openApi } from './api.ts';
import { askedToStop } from './asked-to-stop.ts';
import type { RegisterCommand } from './command.ts';
import type { ExitCode } from './exit-code.ts';
import { wholeNumber } from './list.ts';
import { readSecretInput } from './secret-input.ts';
import { facts, when } from './show.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

type Options = Readonly<Record<string, unknown>>;

export const registerAgent: RegisterCommand = (program, run) => {
  const agent = program.command('agent').description('the device side: keys and certificates of this machine');
  const folder = ['--folder <folder>', 'where keys and certificates lie; default: ~/.scepward-agent'] as const;

  agent
    .command('token')
    .description('on the administrator’s side: a token with which one device may join, once')
    .option('--device <device>', 'the known device that it is for; default: whoever shows it becomes a new one')
    .option('--user <upn>', 'primary user of a new device')
    .option('--hours <number>', 'how long it serves; default: seven days', wholeNumber)
    .action(
      run(async (terminal, _args, { device, user, hours }) => {
        const body = { device, user, lifetimeHours: hours };
        const made = await openApi().call<{ joinToken: string }>('/join-tokens', { method: 'POST', body });
        terminal.result(made, ({ joinToken }) => joinToken);
        return 0;
      }),
    );

  agent
    .command('join')
    .requiredOption('--server <url>', 'address of the server; https, but on this machine')
    .requiredOption('--token-file <file>', 'file with the join token; - for standard input')
    .option('--name <name>', 'what this device calls itself; default: the host name')
    .option(...folder)
    .description('bring this machine under management')
    .action(
      run(async (terminal, _args, options) => {
        const token = await readSecretInput(terminal, String(options.tokenFile), 'join token');
        const state = await joinAgent(agentDeps(options), { server: String(options.server), token });
        const { server, deviceId, deviceName, platform } = state;
        terminal.result({ server, deviceId, deviceName, platform }, facts);
        return 0;
      }),
    );

  agent
    .command('run')
    .option('--once', 'check in once, do what is due, and end')
    .option('--roam', 'go on to another SCEP address at any time')
    .option('--name <name>', 'what this device calls itself; default: the host name')
    .option(...folder)
    .description('check in, fetch and renew certificates, until SIGINT or SIGTERM')
    .action(run((terminal, _args, options) => (options.once === true ? once : forever)(terminal, options)));

  agent
    .command('status')
    .option(...folder)
    .description('what this machine holds')
    .action(
      run(async (terminal, _args, options) => {
        const status = await agentStatus(fileAgentStore(folderOf(options)));
        if (status === null)
          throw new Failure('precondition', 'not-joined', 'This machine is not joined. Run: agent join', {
            folder: folderOf(options),
          });
        terminal.result({ ...status, folder: folderOf(options) }, ({ items, undeliverable, ...rest }) => {
          const rows = table(items, {
            profile: ({ profile }) => profile.slug,
            kind: ({ kind }) => kind,
            ends: ({ notAfter }) => when(notAfter),
            'renewal from': ({ renewAt }) => when(renewAt),
            where: ({ bundle }) => bundle,
            'under way': ({ underWay }) => (underWay === null ? null : (underWay.problem ?? 'yes')),
          });
          return [facts(rest), rows, ...undeliverableText(undeliverable)].join('\n\n');
        });
        return 0;
      }),
    );

  agent
    .command('leave')
    .option(...folder)
    .description('remove keys and certificates from this machine, and tell the server')
    .action(
      run(async (terminal, _args, options) => {
        terminal.result(await leaveAgent(agentDeps(options)), ({ told }) =>
          told ? 'Left; the server knows.' : 'Left; the server could not be told.',
        );
        return 0;
      }),
    );
};

function folderOf({ folder }: Options): string {
  return typeof folder === 'string' ? folder : join(homedir(), '.scepward-agent');
}

function agentDeps(options: Options): AgentDeps {
  const { name } = options;
  return {
    store: fileAgentStore(folderOf(options)),
    clock: systemClock,
    makeKey: makeDeviceKey,
    facts: () => ({ ...localFacts(), ...(typeof name === 'string' && { deviceName: name }) }),
    habits: agentHabits,
    roam: options.roam === true,
    shuffle: shuffled,
    openTransport: httpTransport,
  };
}

async function once(terminal: Terminal, options: Options): Promise<ExitCode> {
  const done = await runAgentOnce(agentDeps(options));
  const { retired, results, undeliverable, nextRun } = done;
  const idle = !retired && results.length === 0 && undeliverable.length === 0;
  terminal.result({ retired, results, undeliverable, nextRun: retired ? null : nextRun }, () =>
    [runText(done), ...(idle ? [nothingDue] : [])].join('\n'),
  );
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

/** What applies to a device and cannot be delivered was told; the rest only the server knows. */
const nothingDue =
  'Nothing was due. If something is missing, the server says why: bin/scepward deployment list --device <this device>';

async function forever(terminal: Terminal, options: Options): Promise<ExitCode> {
  const stop = new AbortController();
  void askedToStop().then(() => stop.abort());
  const ended = await runAgent(agentDeps(options), {
    signal: stop.signal,
    sleep,
    onRun: (run) => terminal.say(runText(run)),
    onFailure: ({ message }, retryIn) => terminal.say(`${message} Again in ${Math.round(retryIn / second)} s.`),
  });
  terminal.result({ ended }, () => (ended === 'retired' ? 'The server has retired this device.' : 'Stopped.'));
  return 0;
}

function runText({ retired, results, undeliverable, nextRun }: AgentRun): string {
  if (retired) return 'The server has retired this device: all is removed.';
  const lines = results.map(
    ({ profile, outcome, detail }) => `${profile.slug}: ${outcome}${detail === null ? '' : `, ${detail}`}`,
  );
  return [...lines, ...undeliverableText(undeliverable), `Checked in; again at ${when(nextRun)}.`].join('\n');
}

function undeliverableText(profiles: AgentRun['undeliverable']): string[] {
  return profiles.map(
    ({ profile, code, detail }) => `${profile.slug}: the server cannot deliver it: ${detail} (${code})`,
  );
}
