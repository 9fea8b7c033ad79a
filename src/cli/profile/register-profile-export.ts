import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { carriedScopeTags } from '../../access/scope-tag.ts';
import { type FilterDraft, filterDocument } from '../../assignments/filter/filter-document.ts';
import { Failure } from '../../lib/failure.ts';
import { slugFromName } from '../../profiles/profile-slug.ts';
import { profileFileText } from '../../profiles/write-profile-file.ts';
import { openApi, segment } from '../api.ts';
import type { ApiClient } from '../api-client.ts';
import type { RunCommand } from '../command.ts';
import { makeFolder, writeTextFile } from '../write-text-file.ts';
import { exportGraphFiles } from './export-graph-files.ts';
import { exportInto } from './export-into.ts';

type ProfileDocument = Readonly<Record<string, unknown>>;

/** `profile export`. */
export function registerProfileExport(profile: Command, run: RunCommand): void {
  profile
    .command('export')
    .argument('[profile...]', 'slug, exact name or id; default: all, with --into those of the files')
    .option('--output <folder>', 'a file for each, named by its slug; filters by their names')
    .option('--into <file>', 'update this file, or the files of this folder; comments and order stay')
    .option('--graph', 'as JSON of Microsoft Graph, which import takes back')
    .option('--expand-root', 'with --graph: the root certificate as a whole instead of by its id')
    .description('profiles as files, with their assignments and the filters of those; apply takes them back')
    .action(
      run(async (terminal, names, { output, into, graph, expandRoot }) => {
        const api = openApi();
        if (expandRoot === true && graph !== true)
          throw new Failure('invalid', 'bad-arguments', 'Only --graph knows --expand-root.');
        if (graph === true) {
          if (typeof into === 'string')
            throw new Failure('invalid', 'bad-arguments', 'Give --graph or --into, not both.');
          const all = names.length === 0;
          await exportGraphFiles(api, terminal, {
            names: all ? await slugsOfAll(api) : names,
            all,
            root: expandRoot === true ? 'expand' : 'bind',
            output: typeof output === 'string' ? output : null,
          });
          return 0;
        }
        if (typeof output === 'string' && typeof into === 'string')
          throw new Failure('invalid', 'bad-arguments', 'Give --output or --into, not both.');
        if (typeof into === 'string') {
          const wanted = await readDocuments(api, names);
          const result = await exportInto(api, into, {
            wanted,
            all: await readAll(api),
            filters: await readFilters(api),
          });
          if (wanted.length > 0 && result.missing.length > 0) result.files.push(...addNew(into, result.missing));
          terminal.result({ files: result.files, kept: result.kept }, ({ files, kept }) =>
            [
              ...files.map((file) => `${file} updated`),
              ...kept.map((source) => `${source} left as it is: the server has no such profile`),
              ...(files.length + kept.length === 0 ? ['Nothing differs.'] : []),
            ].join('\n'),
          );
          return 0;
        }
        const profiles = names.length === 0 ? await readAll(api) : await readDocuments(api, names);
        const filters = await readFilters(api);
        const used = names.length === 0 ? filters : filters.filter(({ name }) => usesFilter(profiles, name));
        // Filters first: what is read from above refers to nothing below.
        const documents = [...used, ...profiles];
        if (typeof output === 'string') {
          const files = writeEach(output, documents);
          terminal.result({ files }, () => files.join('\n'));
        } else
          terminal.result({ items: documents, next: null }, ({ items }) => profileFileText(items).replace(/\n$/, ''));
        return 0;
      }),
    );
}

async function readAll(api: ApiClient): Promise<readonly ProfileDocument[]> {
  return readDocuments(api, await slugsOfAll(api));
}

async function slugsOfAll(api: ApiClient): Promise<readonly string[]> {
  const slugs: string[] = [];
  for await (const { slug } of api.list<{ readonly slug: string }>('/profiles')) slugs.push(slug);
  return slugs;
}

async function readDocuments(api: ApiClient, names: readonly string[]): Promise<readonly ProfileDocument[]> {
  const documents: ProfileDocument[] = [];
  for (const name of names) documents.push(await api.call(`/profiles/${segment(name)}/document`));
  return documents;
}

async function readFilters(api: ApiClient): Promise<readonly ProfileDocument[]> {
  const filters: ProfileDocument[] = [];
  for await (const { scopeTags, ...filter } of api.list<FilterDraft>('/filters'))
    filters.push(filterDocument({ ...filter, scopeTags: carriedScopeTags(scopeTags) }));
  return filters;
}

/** By the names in the assignments of documents. */
function usesFilter(documents: readonly ProfileDocument[], name: unknown): boolean {
  const lines = documents.flatMap(({ assignments }) => (Array.isArray(assignments) ? assignments : []));
  return lines.some(({ filter }) => Object.values(filter ?? {}).includes(name));
}

function writeEach(folder: string, documents: readonly ProfileDocument[]): string[] {
  makeFolder(folder);
  const taken = new Set<string>();
  return documents.map((document) => {
    const file = join(folder, fileNameOf(document, taken));
    writeTextFile(file, profileFileText([document]));
    return file;
  });
}

/** No slug has a point in it: a filter's file is never that of a profile. */
function fileNameOf({ kind, slug, name }: ProfileDocument, taken: Set<string>): string {
  if (kind !== 'filter') return `${String(slug)}.yaml`;
  const own = slugFromName(String(name), (wanted) => taken.has(wanted));
  taken.add(own);
  return `${own}.filter.yaml`;
}

/** Named profiles that no file has: into files of their own. */
function addNew(into: string, documents: readonly ProfileDocument[]): string[] {
  if (statSync(into).isDirectory()) return writeEach(into, documents);
  const slugs = documents.map(({ slug }) => String(slug)).join(', ');
  const message = `${into} does not hold ${slugs}. Name a folder, where they get files of their own, or use --output.`;
  throw new Failure('not-found', 'not-in-file', message, { slugs });
}
