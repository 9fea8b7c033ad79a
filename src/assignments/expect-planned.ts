import { Failure } from '../lib/failure.ts';
import type { AppliedProfile, AssignmentChanges, Planned, PlannedRemovals, ProfileRemoval } from './applied-profile.ts';

/** What was planned is what would be done, or nothing is: failure `plan-outdated` names the profiles that differ. */
export function expectPlanned(
  {
    documents,
    prune,
  }: {
    readonly documents: readonly { readonly planned?: Planned | undefined }[];
    readonly prune: { readonly planned?: PlannedRemovals | undefined } | null;
  },
  items: readonly AppliedProfile[],
  removals: readonly ProfileRemoval[],
): void {
  const profiles = items.flatMap(({ slug, name, action, version, assignments }, index) => {
    const planned = documents[index]?.planned;
    if (planned === undefined || action === 'refused') return [];
    const same = planned.version === version && sameAssignments(planned.assignments, assignments);
    return same ? [] : [{ slug, name, planned: planned.version, found: version }];
  });
  const gone = removals.map(({ slug, version }) => ({ slug, version }));
  const others = prune?.planned !== undefined && !sameRemovals(prune.planned, gone);
  if (profiles.length === 0 && !others) return;
  const names = profiles.map(({ slug, name, planned, found }) => `${slug ?? name} (${versions(planned, found)})`);
  const what = [...names, ...(others ? ['which profiles would be deleted'] : [])].join(', ');
  throw new Failure(
    'precondition',
    'plan-outdated',
    `Since the plan was made somebody has changed: ${what}. Nothing was done; plan again.`,
    { profiles, removals: others ? gone : null },
  );
}

function versions(planned: number | null, found: number | null): string {
  if (planned === found) return 'assignments';
  if (planned === null) return 'it was not there';
  return found === null ? 'it is gone' : `version ${planned} was planned, ${found} is there`;
}

function sameAssignments(a: AssignmentChanges | null, b: AssignmentChanges | null): boolean {
  if (a === null || b === null) return a === b;
  return sameTexts(a.added, b.added) && sameTexts(a.removed, b.removed);
}

function sameRemovals(a: PlannedRemovals, b: PlannedRemovals): boolean {
  const texts = (list: PlannedRemovals) => list.map(({ slug, version }) => `${slug} ${version}`);
  return sameTexts(texts(a), texts(b));
}

function sameTexts(a: readonly unknown[], b: readonly unknown[]): boolean {
  const texts = (list: readonly unknown[]) => JSON.stringify(list.map((each) => JSON.stringify(each)).sort());
  return texts(a) === texts(b);
}
