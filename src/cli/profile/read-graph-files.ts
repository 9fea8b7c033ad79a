import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { parseJson } from '../../formats/json/parse-json.ts';
import { Failure, isFailure } from '../../lib/failure.ts';
import { readTextFile, textOf } from '../read-text-file.ts';
import type { Terminal } from '../terminal.ts';

export type GraphFile = { readonly file: string; readonly graph: unknown };

/**
 * What JSON files of Microsoft Graph hold; a folder stands for all .json files in it, `-` for standard input. Failures:
 * those of `readTextFile`, `json-malformed` with the file and the place, `no-profiles`.
 */
export async function readGraphFiles(terminal: Terminal, paths: readonly string[]): Promise<readonly GraphFile[]> {
  const files: GraphFile[] = [];
  for (const path of paths)
    if (path === '-') files.push(parsed('standard input', textOf('standard input', await terminal.readInput())));
    else for (const file of filesOf(path)) files.push(parsed(file, read(file)));
  return files;
}

function parsed(file: string, text: string): GraphFile {
  try {
    return { file, graph: parseJson(text) };
  } catch (error) {
    if (!isFailure(error, 'json-malformed')) throw error;
    const { kind, code, message, params } = error;
    throw new Failure(kind, code, `${file}: ${message}`, { file, ...params }, { cause: error });
  }
}

function filesOf(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const files = readdirSync(path).filter((name) => extname(name) === '.json');
    if (files.length > 0) return files.sort().map((name) => join(path, name));
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw new Failure('invalid', 'no-profiles', `There are no profiles in ${path}: no file ends in .json.`, { path });
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
