import type { Command } from 'commander';
import { openApi, segment } from '../api.ts';
import type { RunCommand } from '../command.ts';
import { readList, wholeNumber, withPaging } from '../list.ts';
import { when } from '../show.ts';
import { table } from '../table.ts';
import { type ChangeView, changesText } from './changes-text.ts';
import { findingsText } from './findings-text.ts';

type Entry = {
  readonly kind: 'saved' | 'assigned' | 'deleted';
  readonly version: number;
  readonly restoredFrom: number | null;
  readonly at: number;
  readonly actor: { readonly kind: string; readonly name: string };
  readonly changes: readonly ChangeView[] | null;
};

export type VersionView = {
  readonly profile: Readonly<Record<string, unknown>> & { readonly version: number };
  readonly document: Readonly<Record<string, unknown>>;
  readonly saved: Entry | null;
  readonly changes: readonly ChangeView[] | null;
};

type Saved = {
  readonly profile: { readonly slug: string; readonly version: number };
  readonly outcome: string;
  readonly findings: Parameters<typeof findingsText>[0];
};

const which = 'slug, exact name or id; of a deleted profile its id';

/** `profile history`, `diff` and `restore`. */
export function registerProfileHistory(profile: Command, run: RunCommand): void {
  withPaging(profile.command('history'))
    .argument('<profile>', which)
    .description('its versions, who made them and what they changed; to whom it was assigned; newest first')
    .action(
      run(async (terminal, [name], options) => {
        const page = await readList<Entry>(openApi(), `/profiles/${segment(name)}/history`, options);
        terminal.result(page, ({ items, next }) => {
          const rows = table(items, {
            version: ({ kind, version }) => (kind === 'saved' ? version : null),
            at: ({ at }) => when(at),
            by: ({ actor }) => actor.name,
            what: whatHappened,
          });
          return next === null ? rows : `${rows}\n(more: --cursor ${next})`;
        });
        return 0;
      }),
    );
  profile
    .command('diff')
    .argument('<profile>', which)
    .option('--from <version>', 'default: the one before', wholeNumber)
    .option('--to <version>', 'default: the newest', wholeNumber)
    .description('what differs between two versions, and what that does to devices')
    .action(
      run(async (terminal, [name], { from, to }) => {
        const path = `/profiles/${segment(name)}/versions`;
        const api = openApi();
        const newest = async () =>
          (await api.call<{ items: Entry[] }>(path, { query: { limit: 1 } })).items[0]?.version ?? 1;
        const version = typeof to === 'number' ? to : await newest();
        const query = { since: typeof from === 'number' ? from : null };
        const found = await api.call<VersionView>(`${path}/${version}`, { query });
        terminal.result(found, ({ changes }) =>
          changes === null
            ? 'What this version changed is not known: it was saved before versions were kept.'
            : changesText(changes) || 'No difference.',
        );
        return 0;
      }),
    );
  profile
    .command('restore')
    .argument('<profile>', 'slug, exact name or id')
    .requiredOption('--to <version>', 'the version to bring back', wholeNumber)
    .description('make an earlier version the newest; its assignments stay as they are')
    .action(
      run(async (terminal, [name], { to }) => {
        const api = openApi();
        const path = `/profiles/${segment(name)}`;
        const { version } = await api.call<{ readonly version: number }>(path);
        const saved = await api.call<Saved>(`${path}/restore`, { method: 'POST', body: { version: to }, version });
        terminal.result(saved, ({ profile, outcome, findings }) => {
          const done =
            outcome === 'unchanged'
              ? `Version ${profile.version} is the same: nothing was changed.`
              : `Version ${to} is back, as version ${profile.version}.`;
          return [done, findingsText(findings)].filter((text) => text !== '').join('\n');
        });
        return 0;
      }),
    );
}

function whatHappened({ kind, version, restoredFrom, changes }: Entry): string {
  if (kind === 'deleted') return 'deleted';
  const paths = (changes ?? []).map(({ path }) => path.replace(/^settings\./, '')).join(', ');
  if (kind === 'assigned') return 'assigned anew';
  if (restoredFrom !== null) return `restored version ${restoredFrom}: ${paths}`;
  if (changes === null) return 'saved before versions were kept';
  return version === 1 ? 'created' : paths;
}
