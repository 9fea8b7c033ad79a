/** Profiles as files: YAML (JSON is YAML too), one or several documents each; a folder stands for all files in it. */
import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Failure, isFailure } from '../lib/failure.ts';
import type { Finding } from '../profiles/finding.ts';
import { type FileDocument, type Place, readProfileFile } from '../profiles/read-profile-file.ts';
import { readTextFile, textOf } from './read-text-file.ts';

export type ProfileFile = Pick<FileDocument, 'format' | 'line' | 'placeOf'> & {
  readonly file: string;
  /** `profiles/ios.yaml`, with `#2` for the second document of a file. */
  readonly source: string;
  readonly document: unknown;
  /** Of a document that was made out of something else: findings with their paths there. Absent: paths are those of the document. */
  readonly inSource?: (findings: readonly Finding[]) => readonly Finding[];
};

/** A finding with its place in a file. */
export type PlacedFinding = Finding & Place & { readonly file: string };

export type OpenedFiles = {
  readonly files: readonly ProfileFile[];
  /** Of files that could not be read at all. */
  readonly findings: readonly PlacedFinding[];
};

const extensions = ['.yaml', '.yml', '.json'];

/**
 * The documents of these files and folders, in their order, and what is wrong with those that cannot be read. `-` is
 * standard input, whose bytes are `input`.
 */
export function openProfileFiles(paths: readonly string[], input: Uint8Array | null = null): OpenedFiles {
  const files: ProfileFile[] = [];
  const findings: PlacedFinding[] = [];
  const attempt = (path: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!isFailure(error)) throw error;
      findings.push(unreadableFinding(path, error));
    }
  };
  const open = (file: string, text: string) => {
    const opened = openText(file, text);
    files.push(...opened.files);
    findings.push(...opened.findings);
  };
  for (const path of paths)
    attempt(path, () => {
      if (path === '-') open(path, textOf('standard input', input ?? new Uint8Array()));
      else for (const file of filesOf(path)) attempt(file, () => open(file, read(file)));
    });
  return { files, findings };
}

/** As `openProfileFiles`; what is wrong with a file is a failure: `file-invalid` with `params.findings`. */
export function readProfileFiles(paths: readonly string[]): readonly ProfileFile[] {
  const { files, findings } = openProfileFiles(paths);
  const [first] = findings;
  if (first === undefined) return files;
  const message = `${first.file}:${first.line}:${first.column}: ${first.detail}`;
  throw new Failure('malformed', 'file-invalid', message, { findings });
}

/** What one file holds; `file` is what it is called. */
export function openText(file: string, text: string): OpenedFiles {
  const { documents, findings } = readProfileFile(text);
  return {
    files: documents.map(({ value, format, line, placeOf }, i) => ({
      file,
      source: documents.length > 1 ? `${file}#${i + 1}` : file,
      format,
      line,
      placeOf,
      document: value,
    })),
    findings: findings.map((finding) => ({ ...finding, file })),
  };
}

/** The findings of a document, each with its place. */
export function placed(
  { file, placeOf, inSource }: Pick<ProfileFile, 'file' | 'placeOf' | 'inSource'>,
  findings: readonly Finding[],
): PlacedFinding[] {
  return (inSource?.(findings) ?? findings).map((finding) => ({
    ...finding,
    file,
    ...placeOf(finding.path, finding.offset),
  }));
}

/** Files of profiles in a folder, by their names; the path itself when it is none. Failure `no-profiles`. */
function filesOf(path: string): string[] {
  let names: string[];
  try {
    if (!statSync(path).isDirectory()) return [path];
    names = readdirSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const files = names.filter((name) => extensions.includes(extname(name))).sort();
  if (files.length > 0) return files.map((name) => join(path, name));
  const message = `There are no profiles in ${path}: no file ends in ${extensions.join(', ')}.`;
  throw new Failure('invalid', 'no-profiles', message, { path });
}

function read(file: string): string {
  const text = readTextFile(file);
  if (text === null) throw unreadable(file, { code: 'ENOENT' });
  return text;
}

function unreadable(path: string, cause: unknown): Failure {
  const why = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new Failure('invalid', 'file-unreadable', `${path} cannot be read (${why}).`, { path }, { cause });
}

function unreadableFinding(path: string, { code, message, params }: Failure): PlacedFinding {
  const { file, line } = params;
  return {
    rule: code,
    severity: 'error',
    path: '',
    detail: message,
    fix: null,
    file: typeof file === 'string' ? file : path,
    line: typeof line === 'number' ? line : 1,
    column: 1,
  };
}
