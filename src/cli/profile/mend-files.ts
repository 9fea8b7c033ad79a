/** Profile files with the texts mended that can be mended; comments and order stay. */
import { systemClock } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import { applyMend } from '../../profiles/apply-mend.ts';
import { canonical } from '../../profiles/canonical.ts';
import type { Finding, Mend } from '../../profiles/finding.ts';
import { readProfileFile } from '../../profiles/read-profile-file.ts';
import { type DocumentUpdate, updateProfileFile } from '../../profiles/update-profile-file.ts';
import { type PlacedFinding, type ProfileFile, placed } from '../profile-files.ts';
import { readTextFile } from '../read-text-file.ts';
import { writeTextFile } from '../write-text-file.ts';
import { checkFiles } from './check-files.ts';

export type MendedText = Mend & { readonly source: string; readonly rule: string; readonly path: string };

/**
 * Mends the documents of these files. Where a finding has several ways `choice` says which, from 1; null leaves those to
 * the author. `findings` are what is left. Failure `file-not-updatable`: an alias would carry a mend elsewhere.
 */
export function mendFiles(
  files: readonly ProfileFile[],
  { choice, root }: { readonly choice: number | null; readonly root: string },
): { readonly mended: readonly MendedText[]; readonly findings: readonly PlacedFinding[] } {
  const judge = (documents: readonly ProfileFile[]) => checkFiles(documents, { now: systemClock.now(), root });
  const mended: MendedText[] = [];
  const results = files.map((file) => {
    let document = file.document;
    for (let rounds = 0; rounds < mostMends; rounds++) {
      const next = nextMend(judge([{ ...file, document }])[0]?.findings ?? [], choice);
      const changed = next === undefined ? document : applyMend(document, next.path, next.text);
      if (next === undefined || canonical(changed) === canonical(document)) break;
      mended.push({ source: file.source, ...next });
      document = changed;
    }
    return { ...file, document };
  });
  for (const [file, originals] of Map.groupBy(files, ({ file }) => file))
    rewrite(
      file,
      originals,
      results.filter((result) => result.file === file),
    );
  return { mended, findings: judge(results).flatMap((file) => placed(file, file.findings)) };
}

/** Of one document; each mend may uncover another mistake. */
const mostMends = 50;

function nextMend(
  findings: readonly Finding[],
  choice: number | null,
): (Mend & Pick<Finding, 'rule' | 'path'>) | undefined {
  for (const { rule, path, mends = [] } of findings) {
    const mend = mends.length > 1 ? mends[(choice ?? 0) - 1] : mends[0];
    if (mend !== undefined) return { rule, path, ...mend };
  }
  return undefined;
}

function rewrite(file: string, before: readonly ProfileFile[], after: readonly ProfileFile[]): void {
  const updates = new Map<number, DocumentUpdate>(
    before.map((each, i) => [i, { before: each.document, after: after[i]?.document }]),
  );
  const text = readTextFile(file) ?? '';
  const changed = updateProfileFile(text, updates);
  if (changed === text) return;
  const { documents } = readProfileFile(changed);
  if (after.some(({ document }, i) => canonical(documents[i]?.value) !== canonical(document)))
    throw new Failure(
      'invalid',
      'file-not-updatable',
      `${file}: its aliases say one thing in several places. Write them out first.`,
      { file },
    );
  writeTextFile(file, changed);
}
