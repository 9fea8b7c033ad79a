import { Failure } from '../../lib/failure.ts';
import { hasErrors } from '../../profiles/finding.ts';
import { openProfileFiles, type PlacedFinding, type ProfileFile } from '../profile-files.ts';
import type { Terminal } from '../terminal.ts';

export type OpenedDocuments = {
  readonly files: readonly ProfileFile[];
  readonly findings: readonly PlacedFinding[];
};

/** The profile documents of files, folders and standard input (`-`); Graph JSON among them is a finding. */
export async function openDocuments(terminal: Terminal, paths: readonly string[]): Promise<OpenedDocuments> {
  const opened = openProfileFiles(paths, paths.includes('-') ? await terminal.readInput() : null);
  const graph = opened.files.filter(({ format }) => format === 'graph');
  return {
    files: opened.files.filter(({ format }) => format === 'profile'),
    findings: [...opened.findings, ...graph.map(notOurs)],
  };
}

/** As `openDocuments`, for commands that do nothing with half of them: failure `file-invalid` with `params.findings`. */
export async function openGoodDocuments(terminal: Terminal, paths: readonly string[]): Promise<readonly ProfileFile[]> {
  const { files, findings } = await openDocuments(terminal, paths);
  if (!hasErrors(findings)) return files;
  const lines = findings.map(({ file, line, column, detail }) => `${file}:${line}:${column}: ${detail}`);
  throw new Failure('malformed', 'file-invalid', lines.join('\n'), { findings });
}

function notOurs({ file, line }: ProfileFile): PlacedFinding {
  const detail = 'This is Graph JSON, not a profile document.';
  const fix = 'Bring it in with `profile import`.';
  return { rule: 'graph-json', severity: 'error', path: '', detail, fix, file, line, column: 1 };
}
