import { type Command, InvalidArgumentError, Option } from 'commander';
import { spreadsheetText, writeCsv } from '../formats/csv/write-csv.ts';
import { utf8 } from '../lib/bytes.ts';
import { day, systemClock } from '../lib/clock.ts';
import { openApi } from './api.ts';
import { type CertificateView, printCertificates } from './certificate-list.ts';
import type { RegisterCommand } from './command.ts';
import { exportFormat, printList, readList, withExport, withPaging } from './list.ts';
import { type OverviewView, overviewText } from './overview-text.ts';
import { printStream } from './print-stream.ts';
import { registerProfileStatus } from './profile/register-profile-status.ts';
import { shortened, when } from './show.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

type Counts = { readonly issued: number; readonly renewed: number; readonly revoked: number; readonly failed: number };
type Activity = {
  readonly timeZone: string;
  readonly days: readonly (Counts & { readonly date: string })[];
  readonly platforms: readonly (Counts & { readonly platform: string | null })[];
  readonly profiles: readonly (Counts & { readonly profileSlug: string | null; readonly profileId: string | null })[];
  readonly total: Counts;
};
type FailureGroup = {
  readonly reason: string;
  readonly count: number;
  readonly latest: number;
  readonly validationCode: string | null;
  readonly meaning: string | null;
  readonly whatToDo: string | null;
  readonly profiles: readonly { readonly profileSlug: string | null; readonly profileId: string | null }[];
};
type FailureView = {
  readonly at: number;
  readonly reason: string;
  readonly deviceName: string | null;
  readonly profileSlug: string | null;
  readonly by: string;
  readonly whatToDo: string | null;
};

export const registerReport: RegisterCommand = (program, run) => {
  const report = program.command('report').description('what was issued and what failed, and what ends soon');

  report
    .command('overview')
    .description('how things stand, in numbers')
    .option('--days <days>', 'so many days, today included', days, 30)
    .option('--time-zone <zone>', 'whose days, such as Europe/Oslo', 'UTC')
    .action(
      run(async (terminal, _args, options) => {
        const query = { days: Number(options.days), timeZone: String(options.timeZone) };
        const overview = await openApi().call<OverviewView>('/reports/overview', { query });
        terminal.result(overview, () => overviewText(overview));
        return 0;
      }),
    );

  withExport(withPaging(ofWhom(report.command('expiring'))))
    .description('certificates that end soon, the next to end first')
    .option('--days <days>', 'within so many days', days, 30)
    .action(
      run(async (terminal, _args, options) => {
        const { profile, platform } = options as Record<string, string | undefined>;
        const within = Number(options.days);
        const format = exportFormat(options);
        if (format !== null) {
          const expiresBefore = systemClock.now() + within * day;
          const query = { profile, platform, status: 'valid', current: true, expiresBefore, sort: 'expires', format };
          await printStream(await openApi().stream('/certificates/export', { query }));
          return 0;
        }
        const query = { profile, platform, days: within };
        printCertificates(terminal, await readList<CertificateView>(openApi(), '/reports/expiring', options, query));
        return 0;
      }),
    );

  overDays(ofWhom(report.command('issued')))
    .description('issued, renewed, revoked and failed, day by day')
    .addOption(new Option('--by <what>', 'a line for each').choices(['day', 'platform', 'profile']).default('day'))
    .action(
      run(async (terminal, _args, options) => {
        const activity = await openApi().call<Activity>('/reports/activity', { query: periodOf(options) });
        const { label, rows } = rowsBy(String(options.by), activity);
        await print(terminal, options, activity, rows, {
          [label]: (row) => row.name,
          issued: (row) => row.issued,
          renewed: (row) => row.renewed,
          revoked: (row) => row.revoked,
          failed: (row) => row.failed,
        });
        return 0;
      }),
    );

  overDays(ofWhom(report.command('failures')))
    .description('failures by reason, the most frequent first')
    .action(
      run(async (terminal, _args, options) => {
        const found = await openApi().call<{ items: readonly FailureGroup[] }>('/reports/failures', {
          query: periodOf(options),
        });
        await print(terminal, options, found, found.items, {
          reason: ({ reason }) => reason,
          count: ({ count }) => count,
          latest: ({ latest }) => when(latest),
          'validation code': ({ validationCode }) => validationCode,
          profiles: ({ profiles }) => profiles.map((each) => each.profileSlug ?? each.profileId ?? '-').join(' '),
          'what to do': ({ whatToDo }) => whatToDo,
        });
        return 0;
      }),
    );

  registerProfileStatus(report, run);

  withPaging(report.command('failure-list'))
    .description('failures one by one, newest first')
    .option('--reason <reason>', 'for this reason')
    .option('--profile <profile>', 'of this profile: slug, exact name or id')
    .option('--device <device>', 'of this device: exact name or id')
    .action(
      run(async (terminal, _args, options) => {
        const { reason, profile, device } = options as Record<string, string | undefined>;
        const query = { reason, profile, device };
        printList(terminal, await readList<FailureView>(openApi(), '/reports/failures/list', options, query), {
          at: ({ at }) => when(at),
          reason: (each) => each.reason,
          device: ({ deviceName }) => deviceName,
          profile: ({ profileSlug }) => profileSlug,
          by: (each) => each.by,
          'what to do': ({ whatToDo }) => (whatToDo === null ? null : shortened(whatToDo, 80)),
        });
        return 0;
      }),
    );
};

function ofWhom(command: Command): Command {
  return command
    .option('--profile <profile>', 'of this profile: slug, exact name or id')
    .option('--platform <platform>', 'of profiles for this platform');
}

function overDays(command: Command): Command {
  return command
    .option('--days <days>', 'so many days, today included', days, 30)
    .option('--time-zone <zone>', 'whose days, such as Europe/Oslo', 'UTC')
    .option('--csv', 'as CSV, for a spreadsheet');
}

function periodOf(options: Readonly<Record<string, unknown>>) {
  const { profile, platform, timeZone } = options as Record<string, string | undefined>;
  return { profile, platform, timeZone, days: Number(options.days) };
}

function rowsBy(
  what: string,
  { days, platforms, profiles }: Activity,
): { readonly label: string; readonly rows: readonly (Counts & { readonly name: string })[] } {
  if (what === 'platform')
    return { label: what, rows: platforms.map((each) => ({ ...each, name: each.platform ?? '(none)' })) };
  if (what === 'profile')
    return {
      label: what,
      rows: profiles.map((each) => ({ ...each, name: each.profileSlug ?? each.profileId ?? '(none)' })),
    };
  return { label: 'day', rows: days.map((each) => ({ ...each, name: each.date })) };
}

async function print<Document, Row>(
  terminal: Terminal,
  options: Readonly<Record<string, unknown>>,
  document: Document,
  rows: readonly Row[],
  columns: Readonly<Record<string, (row: Row) => string | number | null>>,
): Promise<void> {
  if (options.csv !== true || terminal.json) {
    terminal.result(document, () => table(rows, columns));
    return;
  }
  const cells = rows.map((row) => Object.values(columns).map((read) => spreadsheetText(String(read(row) ?? ''))));
  await printStream([utf8(writeCsv([Object.keys(columns), ...cells]))]);
}

function days(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Give a whole number of days above 0.');
}
