import { LineCounter, parseAllDocuments } from 'yaml';
import type { Finding } from './finding.ts';

/** One document of a file: still unread, but plain data. */
export type FileDocument = {
  readonly value: unknown;
  /** Of its first line, counted from 1. */
  readonly line: number;
};

export type ProfileFile = { readonly documents: readonly FileDocument[]; readonly findings: readonly Finding[] };

/** More is no profile any more, and aliases may not grow beyond it either. */
const maxCharacters = 4_000_000;
const maxAliases = 100;

/**
 * The documents of a YAML or JSON file (JSON is YAML), one or many. Duplicate keys, unknown tags and aliases that explode
 * are findings with their line; then there are no documents.
 */
export function readProfileFile(text: string): ProfileFile {
  if (text.length > maxCharacters)
    return refused(`The file has ${text.length} characters; at most ${maxCharacters} are read.`);
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter, uniqueKeys: true, strict: true, prettyErrors: false });
  if ('empty' in parsed) return refused('The file is empty.');
  const findings: Finding[] = [];
  const documents: FileDocument[] = [];
  for (const document of parsed) {
    for (const { message, pos } of [...document.errors, ...document.warnings]) {
      const { line, col } = lineCounter.linePos(pos[0]);
      findings.push(fault(`Line ${line}, column ${col}: ${message}`));
    }
    if (document.errors.length > 0 || document.contents === null) continue;
    try {
      const value: unknown = document.toJS({ maxAliasCount: maxAliases });
      documents.push({ value, line: lineCounter.linePos(document.contents.range?.[0] ?? 0).line });
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      findings.push(fault(`The aliases of the file cannot be followed: ${error.message}.`));
    }
  }
  if (findings.length === 0 && documents.length === 0) return refused('The file holds no document.');
  return findings.length > 0 ? { documents: [], findings } : { documents, findings };
}

function refused(detail: string): ProfileFile {
  return { documents: [], findings: [fault(detail)] };
}

function fault(detail: string): Finding {
  return { rule: 'file', severity: 'error', path: '', detail, fix: null };
}
