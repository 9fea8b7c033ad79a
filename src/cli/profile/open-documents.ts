import type { ImportProfilesResult } from '../../assignments/import-profiles.ts';
import { Failure } from '../../lib/failure.ts';
import { type Finding, hasErrors } from '../../profiles/finding.ts';
import type { GraphImport, ImportedProfile } from '../../profiles/graph/graph-import.ts';
import { findingsInGraph } from '../../profiles/graph/graph-path.ts';
import { importGraph } from '../../profiles/graph/import-graph.ts';
import type { ApiClient } from '../api-client.ts';
import { openProfileFiles, type PlacedFinding, type ProfileFile, placed } from '../profile-files.ts';
import type { Terminal } from '../terminal.ts';
import { findingsText } from './findings-text.ts';

export type OpenedDocuments = {
  readonly files: readonly ProfileFile[];
  readonly findings: readonly PlacedFinding[];
};

type GraphReading = Pick<GraphImport, 'findings'> & {
  readonly profiles: readonly Pick<ImportedProfile, 'path' | 'document'>[];
};

/** Makes documents out of Graph JSON. */
export type ReadGraph = (graph: unknown) => Promise<GraphReading>;

/** As far as that goes without a server. */
export const readGraphOffline: ReadGraph = async (graph) =>
  importGraph(graph, { windows81: false, roots: [], known: null });

/** With what the server knows of profiles and groups; nothing is changed. */
export function readGraphAt(api: ApiClient): ReadGraph {
  return async (graph) => {
    const body = { graph, dryRun: true };
    const result = await api.call<ImportProfilesResult>('/profiles/import', { method: 'POST', body });
    return { profiles: result.items, findings: [...result.findings, ...result.notCarriedOver] };
  };
}

/** The profile documents of files, folders and standard input (`-`); Graph JSON among them becomes documents. */
export async function openDocuments(
  terminal: Terminal,
  paths: readonly string[],
  readGraph: ReadGraph,
): Promise<OpenedDocuments> {
  const opened = openProfileFiles(paths, paths.includes('-') ? await terminal.readInput() : null);
  const graphs = opened.files.filter(({ format }) => format === 'graph');
  const documents = opened.files.filter(({ format }) => format === 'profile');
  if (graphs.length === 0) return { files: documents, findings: opened.findings };
  // Together: one may refer to another.
  const { profiles, findings } = await readGraph(graphs.map(({ document }) => document));
  const own = (path: string) => {
    const [index, ...rest] = path.split('.');
    return { graph: graphs[Number(index)], path: rest.join('.') };
  };
  const made = profiles.flatMap((profile) => {
    const { graph, path } = own(profile.path);
    if (graph === undefined) return [];
    const inSource = (judged: readonly Finding[]) =>
      findingsInGraph(profile, judged, findings).map((each) => ({ ...each, path: own(each.path).path }));
    const source = [graph.source, path].filter((part) => part !== '').join('#');
    return [{ ...graph, document: profile.document, source, inSource }];
  });
  const told = findings.flatMap((finding) => {
    const { graph = graphs[0], path } = own(finding.path);
    return graph === undefined ? [] : placed(graph, [{ ...finding, path }]);
  });
  return { files: [...documents, ...made], findings: [...opened.findings, ...told] };
}

/** As `openDocuments`, for commands that do nothing with half of them: failure `file-invalid` with `params.findings`. */
export async function openGoodDocuments(
  terminal: Terminal,
  paths: readonly string[],
  readGraph: ReadGraph,
): Promise<readonly ProfileFile[]> {
  const { files, findings } = await openDocuments(terminal, paths, readGraph);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (!hasErrors(findings)) {
    if (findings.length > 0) terminal.say(findingsText(findings));
    return files;
  }
  const lines = errors.map(({ file, line, column, detail }) => `${file}:${line}:${column}: ${detail}`);
  throw new Failure('malformed', 'file-invalid', lines.join('\n'), { findings });
}
