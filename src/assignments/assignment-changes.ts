import { isFailure } from '../lib/failure.ts';
import type { Finding } from '../profiles/finding.ts';
import { assignmentLine } from '../profiles/profile-document.ts';
import type { DraftAssignment } from '../profiles/profile-draft.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { AssignmentChanges, AssignmentLine } from './applied-profile.ts';
import type { AssignmentStore } from './assignment-store.ts';
import type { NewAssignment } from './new-assignment.ts';
import { assignmentsFromDraft, draftFromAssignments, type TargetNames } from './target-names.ts';

export function isEmpty({ added, removed }: AssignmentChanges): boolean {
  return added.length === 0 && removed.length === 0;
}

/** Names become ids; those that mean nobody, or several, are found where they stand. */
export async function targetsOf(
  names: TargetNames,
  lines: readonly DraftAssignment[],
): Promise<{ readonly assignments: readonly NewAssignment[]; readonly findings: readonly Finding[] }> {
  const assignments: NewAssignment[] = [];
  const findings: Finding[] = [];
  for (const [i, line] of lines.entries()) {
    try {
      assignments.push(...(await assignmentsFromDraft(names, [line])));
    } catch (error) {
      if (!isFailure(error)) throw error;
      const place =
        error.code === 'filter-not-found' ? `filter.${line.filter?.mode}` : `${line.mode}.${line.target.kind}`;
      const path = `assignments.${i}.${place}`;
      const fix = mends[error.code] ?? null;
      findings.push({ rule: error.code, severity: 'error', path, detail: error.message, fix });
    }
  }
  return { assignments, findings };
}

const mends: Readonly<Record<string, string>> = {
  'target-not-found': 'Mend the name, or add it to the directory first.',
  'filter-not-found': 'Mend the name, or make the filter first.',
};

/** What assigning `wanted` would change, in the words of documents. */
export async function assignmentChanges(
  deps: TargetNames & { readonly assignments: Pick<AssignmentStore, 'byProfile'> },
  profileId: ProfileId,
  wanted: readonly NewAssignment[],
): Promise<AssignmentChanges> {
  const before = await linesOf(deps, await deps.assignments.byProfile(profileId));
  const after = await linesOf(deps, wanted);
  return {
    added: [...after].filter(([text]) => !before.has(text)).map(([, line]) => line),
    removed: [...before].filter(([text]) => !after.has(text)).map(([, line]) => line),
  };
}

async function linesOf(
  deps: TargetNames,
  assignments: readonly NewAssignment[],
): Promise<ReadonlyMap<string, AssignmentLine>> {
  const lines = (await draftFromAssignments(deps, assignments)).map(assignmentLine);
  return new Map(lines.map((line) => [JSON.stringify(line), line]));
}
