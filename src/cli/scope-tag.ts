import type { Command } from 'commander';
import { openApi, segment } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, withPaging } from './list.ts';
import { facts } from './show.ts';

type ScopeTagView = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly groupIds: readonly string[];
  readonly version: number;
};
type DeviceTags = { readonly scopeTags: readonly string[]; readonly from: string; readonly given: readonly string[] };
type Options = { readonly name?: string; readonly description?: string; readonly group?: readonly string[] };

const which = 'exact name or id';

export const registerScopeTag: RegisterCommand = (program, run) => {
  const scopeTag = program
    .command('scope-tag')
    .description('words that divide profiles, filters and devices among administrators');
  withPaging(scopeTag.command('list'))
    .description('all scope tags')
    .option('--search <text>', 'part of the name')
    .action(
      run(async (terminal, _args, options) => {
        const { search } = options as Record<string, string>;
        printList(terminal, await readList<ScopeTagView>(openApi(), '/scope-tags', options, { search }), {
          name: ({ name }) => name,
          groups: ({ groupIds }) => groupIds.length,
          description: ({ description }) => description,
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  scopeTag
    .command('show')
    .argument('<scope-tag>', which)
    .description('a scope tag, and the groups whose devices carry it')
    .action(
      run(async (terminal, [name]) => {
        terminal.result(await openApi().call<Record<string, unknown>>(`/scope-tags/${segment(name)}`), facts);
        return 0;
      }),
    );
  withDetails(scopeTag.command('create'))
    .argument('<name>', 'unique')
    .description('add a scope tag')
    .action(
      run(async (terminal, [name], options) => {
        const { description, group } = options as Options;
        const body = { name, description, groups: group };
        terminal.result(await openApi().call<ScopeTagView>('/scope-tags', { method: 'POST', body }), () => 'Made.');
        return 0;
      }),
    );
  withDetails(scopeTag.command('update'))
    .argument('<scope-tag>', which)
    .option('--name <name>', 'another name; whatever carries the tag carries it on')
    .option('--no-group', 'no group carries it')
    .description('rename or describe a scope tag, or change the groups that carry it')
    .action(
      run(async (terminal, [known], options) => {
        const { name, description, group } = options as Omit<Options, 'group'> & { group?: Options['group'] | boolean };
        const api = openApi();
        const stored = await api.call<ScopeTagView>(`/scope-tags/${segment(known)}`);
        const body = {
          name: name ?? stored.name,
          description: description ?? stored.description,
          // Commander: false with --no-group, true when neither is given.
          groups: group === false ? [] : group === true || group === undefined ? stored.groupIds : group,
        };
        const path = `/scope-tags/${segment(stored.id)}`;
        const saved = await api.call<ScopeTagView>(path, { method: 'PUT', version: stored.version, body });
        terminal.result(saved, () => 'Changed.');
        return 0;
      }),
    );
  scopeTag
    .command('delete')
    .argument('<scope-tag>', which)
    .description('delete a scope tag that no profile and no filter carries')
    .action(
      run(async (terminal, [name]) => {
        await openApi().call(`/scope-tags/${segment(name)}`, { method: 'DELETE' });
        terminal.result({ deleted: name }, () => 'Deleted.');
        return 0;
      }),
    );
  scopeTag
    .command('give')
    .argument('<device>', which)
    .argument('[scope-tag...]', 'these become its own; none: it has none of its own')
    .description('tag one device; while groups tag it, theirs count')
    .action(
      run(async (terminal, [device, ...scopeTags]) => {
        const path = `/devices/${segment(device)}/scope-tags`;
        const now = await openApi().call<DeviceTags>(path, { method: 'PUT', body: { scopeTags } });
        terminal.result(now, ({ scopeTags: counting, from }) => `${counting.join(', ')} (${sources[from] ?? from})`);
        return 0;
      }),
    );
};

const sources: Readonly<Record<string, string>> = {
  groups: 'from its groups',
  device: 'its own',
  default: 'it has no other',
};

function withDetails(command: Command): Command {
  return command
    .option('--description <text>', 'for people')
    .option('--group <group...>', 'groups of devices whose devices carry it');
}
