import type { Command } from 'commander';
import { readFilter } from '../assignments/filter/read-filter.ts';
import { isPlatform, platforms } from '../directory/platform.ts';
import { Failure } from '../lib/failure.ts';
import { type Finding, hasErrors } from '../profiles/finding.ts';
import { openApi, segment } from './api.ts';
import { askFirst, withAsking } from './ask-first.ts';
import type { RegisterCommand } from './command.ts';
import { printList, readList, wholeNumber, withPaging } from './list.ts';
import { findingsText } from './profile/findings-text.ts';
import { readTextFile } from './read-text-file.ts';
import { facts } from './show.ts';
import { table } from './table.ts';

type FilterView = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly platform: string;
  readonly rule: string;
  readonly scopeTags: readonly string[];
  readonly version: number;
};
type WithUse = FilterView & { readonly usedBy: readonly { readonly slug: string }[] };
type Saved = { readonly filter: FilterView; readonly outcome: string; readonly findings: readonly Finding[] };
type Preview = {
  readonly findings: readonly Finding[];
  readonly matching: number | null;
  readonly devices: number;
  readonly items: readonly { readonly id: string; readonly deviceName: string }[];
  readonly next: number | null;
};
type Options = Readonly<Record<string, string | undefined>> & { readonly scopeTag?: readonly string[] };

const which = 'exact name or id';

export const registerFilter: RegisterCommand = (program, run) => {
  const filter = program.command('filter').description('rules about devices that assignments use');
  withPaging(filter.command('list'))
    .description('all filters')
    .option('--platform <platform>', 'for devices of this platform')
    .option('--search <text>', 'part of the name')
    .action(
      run(async (terminal, _args, options) => {
        const { platform, search } = options as Options;
        printList(terminal, await readList<FilterView>(openApi(), '/filters', options, { platform, search }), {
          name: ({ name }) => name,
          platform: (each) => each.platform,
          rule: ({ rule }) => rule,
          id: ({ id }) => id,
        });
        return 0;
      }),
    );
  filter
    .command('show')
    .argument('<filter>', which)
    .description('a filter, and the profiles whose assignments use it')
    .action(
      run(async (terminal, [name]) => {
        const shown = await openApi().call<WithUse>(`/filters/${segment(name)}`);
        terminal.result(shown, ({ usedBy, ...all }) => facts({ ...all, usedBy: usedBy.map(({ slug }) => slug) }));
        return 0;
      }),
    );
  withRule(filter.command('create'))
    .argument('<name>', 'unique; documents name filters by it')
    .requiredOption('--platform <platform>', platforms.join(', '))
    .description('add a filter')
    .action(
      run(async (terminal, [name], options) => {
        const { platform, description, scopeTag } = options as Options;
        const body = { name, platform, rule: ruleOf(options as Options), description, scopeTags: scopeTag };
        terminal.result(await openApi().call<Saved>('/filters', { method: 'POST', body }), savedText);
        return 0;
      }),
    );
  withAsking(withRule(filter.command('update')))
    .argument('<filter>', which)
    .option('--name <name>', 'another name')
    .description('change a filter; devices that it concerns are looked at again')
    .action(
      run(async (terminal, [known], options) => {
        const { name, rule, ruleFile, description, scopeTag } = options as Options;
        const api = openApi();
        const stored = await api.call<FilterView>(`/filters/${segment(known)}`);
        const body = {
          name: name ?? stored.name,
          description: description ?? stored.description,
          rule: rule === undefined && ruleFile === undefined ? stored.rule : ruleOf(options as Options),
          scopeTags: scopeTag ?? stored.scopeTags,
        };
        const change = { change: 'filter', filter: stored.id, rule: body.rule };
        const stop = await askFirst(terminal, api, change, options);
        if (stop !== null) return stop;
        const path = `/filters/${segment(stored.id)}`;
        const saved = await api.call<Saved>(path, { method: 'PUT', version: stored.version, body });
        terminal.result(saved, savedText);
        return 0;
      }),
    );
  filter
    .command('delete')
    .argument('<filter>', which)
    .description('delete a filter that no assignment uses')
    .action(
      run(async (terminal, [name]) => {
        await openApi().call(`/filters/${segment(name)}`, { method: 'DELETE' });
        terminal.result({ deleted: name }, () => 'Deleted.');
        return 0;
      }),
    );
  filter
    .command('preview')
    .argument('[filter]', `${which}; or give --platform and a rule`)
    .option('--platform <platform>', 'of the devices to look at')
    .option('--rule <rule>', 'such as (device.model -startsWith "Pixel")')
    .option('--rule-file <file>', 'a file with the rule')
    .option('--limit <number>', 'at most so many names; default: 50', wholeNumber)
    .option('--skip <number>', 'names to leave out at the start', wholeNumber)
    .description('which of the devices that there are it selects; nothing is stored')
    .action(
      run(async (terminal, [name], options) => {
        const { platform, limit, skip } = options;
        const { rule, ruleFile } = options as Options;
        const written = platform !== undefined && (rule !== undefined || ruleFile !== undefined);
        if (name === undefined ? !written : [platform, rule, ruleFile].some((each) => each !== undefined))
          throw new Failure('invalid', 'wrong-use', 'Name a filter, or give --platform and --rule or --rule-file.');
        const asked = name === undefined ? { platform, rule: ruleOf(options as Options) } : { filter: name };
        const body = { ...asked, limit, skip };
        const preview = await openApi().call<Preview>('/filters/preview', { method: 'POST', body });
        terminal.result(preview, previewText);
        return preview.matching === null ? 2 : 0;
      }),
    );
  filter
    .command('validate')
    .option('--platform <platform>', 'also judge what exists there')
    .option('--rule <rule>', 'such as (device.model -startsWith "Pixel")')
    .option('--rule-file <file>', 'a file with the rule')
    .description('judge a rule without a server')
    .action(
      run(async (terminal, _args, options) => {
        const { platform } = options as Options;
        if (platform !== undefined && !isPlatform(platform))
          throw new Failure('invalid', 'unknown-platform', `“${platform}” is not one of ${platforms.join(', ')}.`);
        const { findings } = readFilter(ruleOf(options as Options), platform ?? null);
        terminal.result({ findings }, () => ruleFindings(findings) || 'The rule can be used.');
        return hasErrors(findings) ? 2 : 0;
      }),
    );
};

function withRule(command: Command): Command {
  return command
    .option('--rule <rule>', 'such as (device.model -startsWith "Pixel")')
    .option('--rule-file <file>', 'a file with the rule')
    .option('--description <text>', 'for people')
    .option('--scope-tag <name...>', 'names of scope tags');
}

function ruleOf({ rule, ruleFile }: Options): string {
  if ((rule === undefined) === (ruleFile === undefined))
    throw new Failure('invalid', 'wrong-use', 'Give the rule either with --rule or with --rule-file.');
  if (ruleFile === undefined) return rule ?? '';
  const text = readTextFile(ruleFile);
  if (text === null)
    throw new Failure('invalid', 'file-not-found', `There is no file ${ruleFile}.`, { file: ruleFile });
  return text.trimEnd();
}

function savedText({ filter, outcome, findings }: Saved): string {
  return [`${filter.name}: ${outcome}.`, ruleFindings(findings)].filter((line) => line !== '').join('\n');
}

function previewText({ findings, matching, devices, items, next }: Preview): string {
  if (matching === null) return ruleFindings(findings);
  const rows = table(items, { device: ({ deviceName }) => deviceName, id: ({ id }) => id });
  const more = next === null ? '' : `(more: --skip ${next})`;
  return [`${matching} of ${devices} devices`, ruleFindings(findings), rows, more]
    .filter((line) => line !== '')
    .join('\n');
}

/** With the place in the rule, as people count. */
function ruleFindings(findings: readonly Finding[]): string {
  return findingsText(
    findings.map((finding) =>
      finding.offset === undefined ? finding : { ...finding, path: `character ${finding.offset + 1}` },
    ),
  );
}
