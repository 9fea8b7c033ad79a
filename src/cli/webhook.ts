import type { Command } from 'commander';
import { writeSecretFile } from '../config/secrets.ts';
import { Failure } from '../lib/failure.ts';
import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, withPaging } from './list.ts';
import { readSecretInput } from './secret-input.ts';
import { facts, when } from './show.ts';
import type { Terminal } from './terminal.ts';

type WebhookView = {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly enabled: boolean;
  readonly version: number;
};
type Shown = WebhookView & {
  readonly condition: Readonly<Record<string, number | null>>;
  readonly deliveries: Readonly<Record<string, number>>;
};
type WithSecret = { readonly webhook: WebhookView; readonly secret: string | null };
type DeliveryView = {
  readonly id: string;
  readonly messageId: string;
  readonly type: string;
  readonly state: string;
  readonly attempts: number;
  readonly nextAttemptAt: number;
  readonly lastStatus: number | null;
  readonly lastProblem: string | null;
  readonly createdAt: number;
};
type Trial = {
  readonly delivered: boolean;
  readonly status: number | null;
  readonly problem: string | null;
  readonly milliseconds: number;
};
type Options = {
  readonly name?: string;
  readonly url?: string;
  readonly event?: readonly string[];
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly secretFile?: string;
  readonly output?: string;
  readonly keepHours?: string;
  readonly state?: string;
  readonly dead?: boolean;
};

const which = 'exact name or id';
const events = 'event types, such as certificate.issued, deployment.* or *; in quotes for the shell';

export const registerWebhook: RegisterCommand = (program, run) => {
  const webhook = program.command('webhook').description('who is told of events, signed, by HTTP');
  webhook
    .command('list')
    .description('all webhooks')
    .action(
      run(async (terminal) => {
        printList(terminal, await openApi().call<{ items: WebhookView[]; next: null }>('/webhooks'), {
          name: ({ name }) => name,
          enabled: ({ enabled }) => (enabled ? 'yes' : 'no'),
          events: ({ eventTypes }) => eventTypes.join(' '),
          receiver: ({ url }) => new URL(url).origin,
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  withSecret(webhook.command('create'))
    .argument('<name>', 'unique')
    .requiredOption('--url <url>', 'where messages go: https, or http within private networks that are allowed')
    .requiredOption('--event <type...>', events)
    .option('--disable', 'send nothing yet')
    .description('add a webhook; its secret is shown this one time')
    .action(
      run(async (terminal, [name], given) => {
        const options = given as Options;
        const { url, event, disable } = options;
        const secret = await secretOf(terminal, options);
        const body = { name, url, eventTypes: event, enabled: disable !== true, secret };
        tell(terminal, await openApi().call<WithSecret>('/webhooks', { method: 'POST', body }), options);
        return 0;
      }),
    );
  webhook
    .command('show')
    .argument('<webhook>', which)
    .description('a webhook, how its receiver fares, and what waits for it')
    .action(
      run(async (terminal, [name]) => {
        terminal.result(await openApi().call<Shown>(pathOf(name)), ({ condition, deliveries, ...all }) =>
          facts(withTimes({ ...all, ...condition, ...deliveries })),
        );
        return 0;
      }),
    );
  webhook
    .command('update')
    .argument('<webhook>', which)
    .option('--name <name>', 'another name')
    .option('--url <url>', 'another address')
    .option('--event <type...>', `${events}; in place of those it has`)
    .option('--enable', 'send what happens from now on')
    .option('--disable', 'send nothing')
    .description('change a webhook')
    .action(
      run(async (terminal, [known], given) => {
        const { name, url, event, enable, disable } = given as Options;
        if (enable && disable) throw new Failure('invalid', 'wrong-use', 'Give --enable or --disable, not both.');
        const api = openApi();
        const stored = await api.call<WebhookView>(pathOf(known));
        const body = {
          name: name ?? stored.name,
          url: url ?? stored.url,
          eventTypes: event ?? stored.eventTypes,
          enabled: enable ? true : disable ? false : stored.enabled,
        };
        const saved = await api.call<WebhookView>(pathOf(stored.id), { method: 'PUT', version: stored.version, body });
        terminal.result(saved, ({ enabled }) => `Changed; it is ${enabled ? 'enabled' : 'disabled'}.`);
        return 0;
      }),
    );
  webhook
    .command('delete')
    .argument('<webhook>', which)
    .description('delete a webhook, with what waits for it')
    .action(
      run(async (terminal, [name]) => {
        await openApi().call(pathOf(name), { method: 'DELETE' });
        terminal.result({ deleted: name }, () => 'Deleted.');
        return 0;
      }),
    );
  webhook
    .command('test')
    .argument('<webhook>', which)
    .description('send a test message now, and say how it was taken; exit 1 when it was not')
    .action(
      run(async (terminal, [name]) => {
        const trial = await openApi().call<Trial>(`${pathOf(name)}/test`, { method: 'POST' });
        terminal.result(trial, trialText);
        return trial.delivered ? 0 : 1;
      }),
    );
  withSecret(webhook.command('rotate-secret'))
    .argument('<webhook>', which)
    .option('--keep-hours <number>', 'how long the former secret signs as well; default: 24; 0: not at all')
    .description('sign with another secret, which is shown this one time')
    .action(
      run(async (terminal, [name], given) => {
        const options = given as Options;
        const keepHours = options.keepHours === undefined ? undefined : Number(options.keepHours);
        if (keepHours !== undefined && !(keepHours >= 0 && keepHours <= 168))
          throw new Failure('invalid', 'wrong-use', '--keep-hours takes a number from 0 to 168.');
        const body = { keepHours, secret: await secretOf(terminal, options) };
        tell(
          terminal,
          await openApi().call<WithSecret>(`${pathOf(name)}/rotate-secret`, { method: 'POST', body }),
          options,
        );
        return 0;
      }),
    );
  withPaging(webhook.command('deliveries'))
    .argument('<webhook>', which)
    .option('--state <state>', 'waiting, delivered or dead')
    .description('what was sent, waits or was given up, newest first')
    .action(
      run(async (terminal, [name], options) => {
        const { state } = options as Options;
        const page = await readList<DeliveryView>(openApi(), `${pathOf(name)}/deliveries`, options, { state });
        printList(terminal, page, {
          at: ({ createdAt }) => when(createdAt),
          type: ({ type }) => type,
          state: (each) => each.state,
          attempts: ({ attempts }) => attempts,
          last: ({ lastProblem, lastStatus }) => lastProblem ?? lastStatus,
          next: (each) => (each.state === 'waiting' ? when(each.nextAttemptAt) : null),
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  webhook
    .command('replay')
    .argument('<webhook>', which)
    .argument('[delivery...]', 'ids of deliveries, whatever became of them')
    .option('--dead', 'all that were given up')
    .description('send again, with the same message ids')
    .action(
      run(async (terminal, [name, ...deliveries], options) => {
        const { dead } = options as Options;
        if (deliveries.length > 0 === (dead === true))
          throw new Failure('invalid', 'wrong-use', 'Name deliveries, or give --dead.');
        const body = dead === true ? { dead } : { deliveries };
        const path = `${pathOf(name)}/replay`;
        const answer = await openApi().call<{ replayed: number }>(path, { method: 'POST', body });
        terminal.result(answer, ({ replayed }) => `${replayed} will be sent again.`);
        return 0;
      }),
    );
};

/** `since`, `failingSince`, `pausedUntil` … for people. */
function withTimes(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const told = ([name, value]: [string, unknown]) =>
    [name, typeof value === 'number' && /(?:since|until)$/i.test(name) ? when(value) : value] as const;
  return Object.fromEntries(Object.entries(values).map(told));
}

function pathOf(name: unknown): string {
  return `/webhooks/${segment(name)}`;
}

function withSecret(command: Command): Command {
  return command
    .option('--secret-file <file>', 'take the secret from this file, or - for standard input; default: it is made')
    .option('--output <file>', 'write the secret to this file (mode 0600) instead of showing it');
}

function secretOf(terminal: Terminal, { secretFile }: Options): Promise<string | null> {
  return secretFile === undefined ? Promise.resolve(null) : readSecretInput(terminal, secretFile, 'secret');
}

function tell(terminal: Terminal, { webhook, secret }: WithSecret, { output }: Options): void {
  if (secret === null) terminal.result({ webhook, secret }, () => 'It signs with the secret that you gave.');
  else if (output === undefined) terminal.result({ webhook, secret }, () => secret);
  else {
    writeSecretFile(output, `${secret}\n`);
    terminal.result({ webhook, output }, () => `The secret is in ${output}.`);
  }
}

function trialText({ delivered, status, problem, milliseconds }: Trial): string {
  const answer = status === null ? 'no answer' : `answer ${status}`;
  return delivered
    ? `Taken: ${answer} after ${milliseconds} ms.`
    : `Not taken (${problem ?? 'no reason'}): ${answer} after ${milliseconds} ms.`;
}
