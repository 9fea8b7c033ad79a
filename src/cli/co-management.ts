import { Failure } from '../lib/failure.ts';
import { openApi } from './api.ts';
import { askFirst, withAsking } from './ask-first.ts';
import type { RegisterCommand } from './command.ts';

type Setting = { readonly pilotGroup: { readonly id: string; readonly name: string | null } | null };

const path = '/settings/co-management';

export const registerCoManagement: RegisterCommand = (program, run) => {
  const command = program
    .command('co-management')
    .description('which Windows devices that another manager knows too are ours');
  command
    .command('show')
    .description('the pilot group')
    .action(
      run(async (terminal) => {
        terminal.result(await openApi().call<Setting>(path), settingText);
        return 0;
      }),
    );
  withAsking(command.command('set'))
    .option('--pilot-group <group>', 'a group of devices: exact name or id')
    .option('--no-pilot-group', 'every device that says pilot is ours')
    .description('choose the pilot group; devices that leave by it lose what this server brought them')
    .action(
      run(async (terminal, _args, options) => {
        const { pilotGroup } = options;
        // Commander: false with --no-pilot-group, true when neither is given.
        if (typeof pilotGroup !== 'string' && pilotGroup !== false)
          throw new Failure('invalid', 'wrong-use', 'Give --pilot-group with a group, or --no-pilot-group.');
        const body = { pilotGroup: pilotGroup === false ? null : pilotGroup };
        const api = openApi();
        const stop = await askFirst(terminal, api, { change: 'coManagement', ...body }, options);
        if (stop !== null) return stop;
        terminal.result(await api.call<Setting>(path, { method: 'PUT', body }), settingText);
        return 0;
      }),
    );
};

function settingText({ pilotGroup }: Setting): string {
  if (pilotGroup === null) return 'No pilot group: every Windows device whose workload is pilot is ours.';
  if (pilotGroup.name === null)
    return `The pilot group ${pilotGroup.id} is gone: no device whose workload is pilot is ours.`;
  return `Pilot group: ${pilotGroup.name}. Of the Windows devices whose workload is pilot, those in it are ours.`;
}
