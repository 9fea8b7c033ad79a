import { Failure } from '../lib/failure.ts';
import type { MassRemovalSetting } from '../lifecycle/mass-removal.ts';
import type { RemovalCase } from '../lifecycle/removal.ts';
import type { RemovalRule } from '../profiles/removal-rule.ts';
import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, wholeNumber, withPaging } from './list.ts';
import { ruleText } from './rule-text.ts';
import { facts, when } from './show.ts';
import { jobText, watchJob } from './watch-job.ts';

type RemovalView = Omit<RemovalCase, 'profileId'> & {
  readonly profile: { readonly slug: string } | null;
  readonly waiting: number;
};

type ShownRemoval = RemovalView & {
  readonly rule: RemovalRule | null;
  readonly first: readonly { readonly deviceId: string; readonly deviceName: string | null }[];
};

const settingPath = '/settings/mass-removal';

export const registerRemoval: RegisterCommand = (program, run) => {
  const removal = program
    .command('removal')
    .description('many devices that would lose something at once: that waits to be confirmed');
  withPaging(removal.command('list'))
    .description('those that wait, newest first')
    .option('--all', 'also those that were decided or undone')
    .action(
      run(async (terminal, _args, options) => {
        const state = options.all === true ? undefined : 'waiting';
        printList(terminal, await readList<RemovalView>(openApi(), '/removals', options, { state }), {
          profile: ({ profile }) => profile?.slug ?? '-',
          occasion: ({ occasion }) => occasion,
          state: ({ state }) => state,
          devices: ({ waiting }) => waiting,
          since: ({ openedAt }) => when(openedAt),
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  removal
    .command('show')
    .argument('<removal>', 'id')
    .description('what would happen, and to whom')
    .action(
      run(async (terminal, [id]) => {
        terminal.result(await openApi().call<ShownRemoval>(`/removals/${segment(id)}`), shownText);
        return 0;
      }),
    );
  removal
    .command('confirm')
    .argument('<removal>', 'id')
    .option('--rate <number>', 'at most so many a minute', wholeNumber)
    .option('--no-wait', 'do not wait for it to be carried out')
    .description('have it carried out: removed, and revoked as the rules of the profile say')
    .action(
      run(async (terminal, [id], { rate, wait }) => {
        const api = openApi();
        const confirmed = await api.call<RemovalView>(`/removals/${segment(id)}/confirm`, {
          method: 'POST',
          body: { rate },
        });
        if (wait === false || confirmed.jobId === null) {
          terminal.result(confirmed, viewText);
          return 0;
        }
        const job = await watchJob(terminal, api, confirmed.jobId);
        terminal.result({ ...confirmed, job }, () => jobText(job));
        return job.failed > 0 ? 1 : 0;
      }),
    );
  removal
    .command('reject')
    .argument('<removal>', 'id')
    .description('take nothing: devices keep what they have')
    .action(
      run(async (terminal, [id]) => {
        const path = `/removals/${segment(id)}/reject`;
        terminal.result(await openApi().call<RemovalView>(path, { method: 'POST' }), viewText);
        return 0;
      }),
    );
  removal
    .command('threshold')
    .description('from when on removals wait; without options: show it')
    .option('--devices <number>', 'so many devices or more are many', wholeNumber)
    .option('--percent <number>', 'so large a share of the devices, or a larger one, is many …', wholeNumber)
    .option('--fewest <number>', '… unless they are fewer than this', wholeNumber)
    .option('--window <minutes>', 'what happens within it counts together', wholeNumber)
    .option('--slow-devices <number>', 'so many are many, too, when they go one by one …', wholeNumber)
    .option('--slow-window <hours>', '… within this time', wholeNumber)
    .option('--off', 'nothing waits, ever')
    .option('--on', 'the opposite of --off')
    .action(
      run(async (terminal, _args, options) => {
        const { devices, percent, fewest, window, slowDevices, slowWindow, off, on } = options;
        if (off === true && on === true) throw new Failure('invalid', 'wrong-use', 'Give either --on or --off.');
        const api = openApi();
        const before = await api.call<MassRemovalSetting>(settingPath);
        const change = {
          ...(devices !== undefined && { devices }),
          ...(percent !== undefined && { percent }),
          ...(fewest !== undefined && { fewest }),
          ...(window !== undefined && { windowMinutes: window }),
          ...(slowDevices !== undefined && { slowDevices }),
          ...(slowWindow !== undefined && { slowWindowHours: slowWindow }),
          ...(off === true && { hold: false }),
          ...(on === true && { hold: true }),
        };
        const after =
          Object.keys(change).length === 0
            ? before
            : await api.call<MassRemovalSetting>(settingPath, { method: 'PUT', body: { ...before, ...change } });
        terminal.result(after, settingText);
        return 0;
      }),
    );
};

function viewText({
  profile,
  occasion,
  state,
  waiting,
  openedAt,
  joinedAt,
  decidedAt,
  decidedBy,
  jobId,
  id,
}: RemovalView): string {
  return facts({
    profile: profile?.slug,
    occasion,
    state,
    devices: waiting,
    openedAt,
    'latest came': joinedAt,
    decidedAt,
    'decided by': decidedBy?.name,
    job: jobId,
    id,
  });
}

function shownText(shown: ShownRemoval): string {
  const { rule, first, waiting } = shown;
  const names = first.map(({ deviceName, deviceId }) => deviceName ?? deviceId).join(', ');
  const more = waiting > first.length ? `, and ${waiting - first.length} more` : '';
  return [
    viewText(shown),
    ...(rule === null ? [] : [ruleText(rule)]),
    ...(names === '' ? [] : [`${names}${more}`]),
  ].join('\n');
}

function settingText(setting: MassRemovalSetting): string {
  const { hold, devices, percent, fewest, windowMinutes, slowDevices, slowWindowHours } = setting;
  if (!hold) return 'Nothing waits: removals are carried out at once, however many.';
  return `Removals wait for confirmation when ${devices} devices or more, or ${percent} % of all (but not fewer than ${fewest}), lose something within ${windowMinutes} minutes; and also when ${slowDevices}, or the same share, do within ${slowWindowHours} hours.`;
}
