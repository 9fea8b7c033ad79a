import { type Command, InvalidArgumentError } from 'commander';
import type { ImportProfilesResult } from '../../assignments/import-profiles.ts';
import { isFailure } from '../../lib/failure.ts';
import type { Finding } from '../../profiles/finding.ts';
import { openApi } from '../api.ts';
import type { RunCommand } from '../command.ts';
import { printable, table } from '../table.ts';
import { findingsText } from './findings-text.ts';
import { type GraphFile, readGraphFiles } from './read-graph-files.ts';

/** A finding of a file; its path is that in the file’s JSON. */
type Filed<T extends { readonly path: string }> = T & { readonly source: string };

type ImportView = {
  readonly outcome: ImportProfilesResult['outcome'];
  readonly items: readonly Filed<ImportProfilesResult['items'][number]>[];
  readonly findings: readonly Filed<Finding>[];
  readonly notCarriedOver: readonly Filed<Finding>[];
  readonly next: null;
};

/** `profile import`. */
export function registerProfileImport(profile: Command, run: RunCommand): void {
  profile
    .command('import')
    .argument('<file...>', 'Graph JSON: an object, a list, or {value: []}; folders of .json files, or -')
    .option('--dry-run', 'say what would become what, change nothing')
    .option('--windows81', 'make Windows profiles for Windows 8.1 instead of Windows 10 and later')
    .option(
      '--root <slug>',
      'the trusted certificate profile for references that nothing answers; or <id>=<slug> for one of them; repeatable',
      addRoot,
      [],
    )
    .option('--group <id=name>', 'the group here for the id of one there; repeatable', addName, [])
    .option('--filter <id=name>', 'the filter here for the id of one there; repeatable', addName, [])
    .description('profiles exported from Microsoft Graph: all of them or, with every mistake listed, none')
    .action(
      run(async (terminal, paths, { dryRun, windows81, root, group, filter }) => {
        const files = await readGraphFiles(terminal, paths);
        const graphs = files.map(({ graph }) => graph);
        const body = {
          graph: graphs.length === 1 ? graphs[0] : graphs,
          dryRun: dryRun === true,
          windows81: windows81 === true,
          roots: root,
          groups: (group as readonly NameOfId[]).map(({ graphId, name }) => ({ graphId, group: name })),
          filters: (filter as readonly NameOfId[]).map(({ graphId, name }) => ({ graphId, filter: name })),
        };
        const result = await importOrRefusal(body);
        terminal.result(view(result, files), importText);
        if (result.outcome === 'refused') terminal.say('Refused; nothing was changed.');
        return result.outcome === 'refused' ? 2 : 0;
      }),
    );
}

type Root = { readonly graphId: string | null; readonly slug: string };
type NameOfId = { readonly graphId: string; readonly name: string };

function addRoot(text: string, roots: readonly Root[]): readonly Root[] {
  const at = text.indexOf('=');
  const [graphId, slug] = at < 0 ? [null, text] : [text.slice(0, at), text.slice(at + 1)];
  if (slug === '' || graphId === '') throw new InvalidArgumentError('Give a slug, or <id>=<slug>.');
  return [...roots, { graphId, slug }];
}

function addName(text: string, names: readonly NameOfId[]): readonly NameOfId[] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('Give <id>=<name>.');
  return [...names, { graphId: text.slice(0, at), name: text.slice(at + 1) }];
}

async function importOrRefusal(body: object): Promise<ImportProfilesResult> {
  try {
    return await openApi().call<ImportProfilesResult>('/profiles/import', { method: 'POST', body });
  } catch (error) {
    if (!isFailure(error, 'profiles-invalid')) throw error;
    return error.params as unknown as ImportProfilesResult;
  }
}

function view(
  { outcome, items, findings, notCarriedOver }: ImportProfilesResult,
  files: readonly GraphFile[],
): ImportView {
  const filed = <T extends { readonly path: string }>(each: T): Filed<T> => {
    const [first, ...rest] = each.path.split('.');
    const file = files.length === 1 ? files[0]?.file : files[Number(first)]?.file;
    return { ...each, path: files.length === 1 ? each.path : rest.join('.'), source: file ?? '' };
  };
  return {
    outcome,
    items: items.map((item) => ({ ...filed(item), findings: item.findings.map(filed) })),
    findings: findings.map(filed),
    notCarriedOver: notCarriedOver.map(filed),
    next: null,
  };
}

const outcomes = { applied: 'Imported.', planned: 'This is what import would do.', refused: '' } as const;

function importText({ outcome, items, findings, notCarriedOver }: ImportView): string {
  const rows = table(items, {
    profile: ({ slug, name }) => slug ?? name,
    action: ({ action }) => action,
    platform: ({ platform }) => platform,
    from: ({ type }) => type,
    name: ({ name }) => name,
    place: ({ source, path }) => [source, path].filter((part) => part !== '').join(' '),
  });
  const all = [...findings, ...items.flatMap((item) => item.findings as readonly Filed<Finding>[])];
  return [
    ...(items.length === 0 ? [] : [rows]),
    ...section('Findings', all),
    ...section('Not carried over', notCarriedOver),
    ...(outcomes[outcome] === '' ? [] : [outcomes[outcome]]),
  ].join('\n\n');
}

function section(title: string, findings: readonly Filed<Finding>[]): readonly string[] {
  const lines = findings.map(({ source, ...finding }) => `${printable(source)} ${findingsText([finding])}`.trim());
  return lines.length === 0 ? [] : [`${title}:\n${lines.join('\n')}`];
}
