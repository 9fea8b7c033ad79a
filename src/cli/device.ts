import type { Page } from '../lib/page.ts';
import { openApi, segment } from './api.ts';
import { askFirst, withAsking } from './ask-first.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, withPaging } from './list.ts';
import { facts, shortened, textOf, when } from './show.ts';

type DeviceView = {
  readonly id: string;
  readonly deviceName: string;
  readonly platform: string;
  readonly serialNumber: string | null;
  readonly lastCheckIn: number | null;
  readonly retiredAt: number | null;
  readonly retiredBy: 'retire' | 'wipe' | 'unenrol' | null;
};

type Timeline = Page<{
  readonly kind: 'event' | 'scep';
  readonly at: number;
  readonly profile: string | null;
  readonly event?: {
    readonly type: string;
    readonly cause: { readonly actor: { readonly name: string } };
    readonly data: Readonly<Record<string, unknown>>;
  };
  readonly transaction?: {
    readonly operation: string;
    readonly outcome: string;
    readonly reason: string | null;
    readonly clientAddress: string;
  };
}>;

const gone = { retire: 'retired', wipe: 'wiped', unenrol: 'left by itself' } as const;

export const registerDevice: RegisterCommand = (program, run) => {
  const device = program
    .command('device')
    .description('devices: what is known of them, and what can be done with them');

  withPaging(device.command('list'))
    .description('all devices')
    .option('--platform <platform>', 'of this platform')
    .option('--user <upn>', 'of this primary user')
    .option('--search <text>', 'part of the name, or start of the serial number')
    .action(
      run(async (terminal, _args, options) => {
        const { platform, user, search } = options as Record<string, string>;
        const page = await readList<DeviceView>(openApi(), '/devices', options, { platform, user, search });
        printList(terminal, page, {
          name: ({ deviceName }) => deviceName,
          platform: (each) => each.platform,
          serial: ({ serialNumber }) => serialNumber,
          'last check-in': ({ lastCheckIn, retiredAt, retiredBy }) =>
            retiredAt === null ? when(lastCheckIn) : gone[retiredBy ?? 'retire'],
          id: ({ id }) => id,
        });
        return 0;
      }),
    );

  device
    .command('show')
    .argument('<device>', 'exact name or id')
    .description('everything that is known of a device')
    .action(
      run(async (terminal, [name]) => {
        terminal.result(await openApi().call<Record<string, unknown>>(`/devices/${segment(name)}`), facts);
        return 0;
      }),
    );

  withPaging(device.command('timeline'))
    .argument('<device>', 'exact name or id')
    .description('what happened to a device, newest first')
    .action(
      run(async (terminal, [name], options) => {
        const path = `/devices/${segment(name)}/timeline`;
        printList(terminal, await readList<Timeline['items'][number]>(openApi(), path, options), {
          at: ({ at }) => when(at),
          what: ({ event, transaction }) =>
            event?.type ?? `${transaction?.operation ?? ''} ${transaction?.outcome ?? ''}`.trim(),
          profile: (entry) => entry.profile,
          by: ({ event, transaction }) => event?.cause.actor.name ?? transaction?.clientAddress ?? null,
          detail: ({ event, transaction }) => (event === undefined ? (transaction?.reason ?? '') : brief(event.data)),
        });
        return 0;
      }),
    );

  device
    .command('checkin')
    .argument('<device>', 'exact name or id')
    .description('ask a device to check in now')
    .action(
      run(async (terminal, [name]) => {
        const asked = await openApi().call(`/devices/${segment(name)}/check-in`, { method: 'POST' });
        terminal.result(asked, () => 'Asked. A device that does not hear it calls by its cadence.');
        return 0;
      }),
    );

  for (const action of ['retire', 'wipe'] as const)
    withAsking(device.command(action))
      .argument('<device>', 'exact name or id')
      .description(`${action} a device: our keys and certificates go from it, and are revoked; never the disk`)
      .action(
        run(async (terminal, [name], options) => {
          const api = openApi();
          const stop = await askFirst(terminal, api, { change: action, device: name }, options);
          if (stop !== null) return stop;
          const path = `/devices/${segment(name)}/${action}`;
          const done = await api.call<{ readonly revoked: number }>(path, { method: 'POST' });
          terminal.result(done, ({ revoked }) => `Done; certificates revoked: ${revoked}.`);
          return 0;
        }),
      );

  withAsking(device.command('delete'))
    .argument('<device>', 'exact name or id')
    .description('delete a device; its certificates are revoked and stay on record')
    .action(
      run(async (terminal, [name], options) => {
        const api = openApi();
        const stop = await askFirst(terminal, api, { change: 'deleteDevice', device: name }, options);
        if (stop !== null) return stop;
        await api.call(`/devices/${segment(name)}`, { method: 'DELETE' });
        terminal.result({ deleted: name }, () => 'Deleted.');
        return 0;
      }),
    );
};

/** The telling parts of an event's data, on one line. */
function brief(data: Readonly<Record<string, unknown>>): string {
  const { problem } = data as { readonly problem?: { readonly detail?: string } | null };
  if (problem?.detail !== undefined) return problem.detail;
  const plain = Object.entries(data).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return shortened(plain.map(([name, value]) => `${name}: ${textOf(name, value)}`).join(', '), 160);
}
