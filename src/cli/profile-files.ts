/** Profiles as files: YAML (JSON is YAML too), one or several documents each; a folder stands for all files in it. */
import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Document, parseAllDocuments } from 'yaml';
import { Failure } from '../lib/failure.ts';
import { readTextFile } from './read-text-file.ts';

export type ProfileFile = {
  /** `profiles/ios.yaml`, with `#2` for the second document of a file. */
  readonly source: string;
  readonly document: unknown;
};

const extensions = ['.yaml', '.yml', '.json'];

/**
 * The documents of these files and folders: trusted certificate profiles first, since the others refer to them, else in
 * the order of the files. Failures: `yaml-malformed`, `no-profiles`, those of
 * `readTextFile`.
 */
export function readProfileFiles(paths: readonly string[]): readonly ProfileFile[] {
  const documents = paths.flatMap(filesOf).flatMap((file) => parseProfileFile(file, read(file)));
  if (documents.length === 0)
    throw new Failure('invalid', 'no-profiles', `There are no profiles in ${paths.join(', ')}.`, { paths });
  return [...documents.filter(isTrusted), ...documents.filter((each) => !isTrusted(each))];
}

/** Failure `yaml-malformed` with line and column. */
export function parseProfileFile(file: string, text: string): ProfileFile[] {
  const parsed = parseAllDocuments(text, { prettyErrors: true });
  const documents = 'empty' in parsed ? [] : parsed;
  for (const { errors } of documents) {
    const [error] = errors;
    if (error === undefined) continue;
    const { line = 0, col: column = 0 } = error.linePos?.[0] ?? {};
    const message = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
    throw new Failure('malformed', 'yaml-malformed', `${file}:${line}:${column}: ${message}`, { file, line, column });
  }
  return documents
    .map((document, i) => ({
      source: documents.length > 1 ? `${file}#${i + 1}` : file,
      document: plainValue(file, document),
    }))
    .filter(({ document }) => document !== null);
}

/** A few aliases may not become gigabytes; beyond a hundred uses, or without a target, they are refused. */
function plainValue(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (cause) {
    const message = `${file}: ${cause instanceof Error ? cause.message : String(cause)}.`;
    throw new Failure('malformed', 'yaml-malformed', message, { file }, { cause });
  }
}

function filesOf(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => extensions.includes(extname(name)))
      .sort()
      .map((name) => join(path, name));
  } catch (cause) {
    throw unreadable(path, cause);
  }
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

function isTrusted({ document }: ProfileFile): boolean {
  return (document as { readonly kind?: unknown } | null)?.kind === 'trustedCertificate';
}
