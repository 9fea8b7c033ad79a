/** What is to be said about a profile's assignments as a whole, by their places in the document. */
import type { GroupId } from '../directory/group.ts';
import type { GroupStore } from '../directory/group-store.ts';
import type { Platform } from '../directory/platform.ts';
import type { Finding } from '../profiles/finding.ts';
import type { AssignmentTarget } from './assignment.ts';
import type { FilterStore } from './filter/filter-store.ts';
import type { NewAssignment } from './new-assignment.ts';
import { targetKey } from './target-key.ts';

export type AssignmentFindingDeps = {
  readonly filters: Pick<FilterStore, 'get'>;
  readonly groups: Pick<GroupStore, 'get'>;
};

/** Errors about filters, and information about combinations that Intune does not have. Errors come first. */
export async function assignmentFindings(
  deps: AssignmentFindingDeps,
  { assignments, platform }: { readonly assignments: readonly NewAssignment[]; readonly platform: Platform },
): Promise<readonly Finding[]> {
  const kinds = new Map<GroupId, 'user' | 'device'>();
  for (const { target } of assignments) {
    if (target.kind !== 'group' || kinds.has(target.groupId)) continue;
    const group = await deps.groups.get(target.groupId);
    if (group !== null) kinds.set(group.id, group.kind);
  }
  return [
    ...(await filterFindings(deps.filters, assignments, platform)),
    ...combinationFindings(assignments.map(({ mode, target }) => ({ mode, target, kind: kindOf(target, kinds) }))),
  ];
}

/** A filter goes with an inclusion, one with a target, and is for the profile's platform (intune-domain 4.4). */
export async function filterFindings(
  filters: Pick<FilterStore, 'get'>,
  assignments: readonly NewAssignment[],
  platform: Platform,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const error = (i: number, rule: string, detail: string, fix: string) =>
    findings.push({ rule, severity: 'error', path: `assignments.${i}.filter`, detail, fix });
  const seen = new Map<string, string>();
  for (const [i, { mode, target, filter = null }] of assignments.entries()) {
    const key = `${mode} ${targetKey(target)}`;
    const used = filter === null ? '' : `${filter.mode} ${filter.filterId}`;
    if ((seen.get(key) ?? used) !== used)
      error(
        i,
        'one-filter-per-target',
        'The same target is named before, with another filter or with none.',
        'Name it once, and put both rules into one filter.',
      );
    seen.set(key, used);
    if (filter === null) continue;
    if (mode === 'exclude')
      error(
        i,
        'filter-on-exclusion',
        'An exclusion takes no filter: it holds for all whom it names.',
        'Use the filter on the inclusion.',
      );
    const known = await filters.get(filter.filterId);
    if (known === null) error(i, 'filter-not-found', 'There is no such filter.', 'Choose another, or make it first.');
    else if (known.platform !== platform)
      error(
        i,
        'filter-wrong-platform',
        `The filter “${known.name}” is for ${known.platform}, the profile for ${platform}.`,
        `Use a filter for ${platform}.`,
      );
  }
  return findings;
}

type TargetKind = 'user' | 'device' | null;

function kindOf(target: AssignmentTarget, kinds: ReadonlyMap<GroupId, 'user' | 'device'>): TargetKind {
  switch (target.kind) {
    case 'allUsers':
    case 'user':
      return 'user';
    case 'allDevices':
    case 'device':
      return 'device';
    case 'group':
      return kinds.get(target.groupId) ?? null;
  }
}

type Placed = Pick<NewAssignment, 'mode' | 'target'> & { readonly kind: TargetKind };

/** Everything works here; what does not work in Intune is worth knowing for whoever knows that (intune-domain 4.1, 4.2). */
function combinationFindings(assignments: readonly Placed[]): Finding[] {
  const findings: Finding[] = [];
  const tell = (i: number, rule: string, detail: string) => {
    const path = `assignments.${i}.${assignments[i]?.mode ?? ''}`;
    findings.push({ rule, severity: 'information', path, detail, fix: null });
  };
  const included = assignments.filter(({ mode }) => mode === 'include');
  const everybody = ['allUsers', 'allDevices'].every((kind) => included.some(({ target }) => target.kind === kind));
  for (const [i, { mode, target, kind }] of assignments.entries()) {
    const others = kind === null ? [] : included.filter((each) => each.kind !== null && each.kind !== kind);
    if (mode === 'exclude' && others.length > 0)
      tell(
        i,
        'assignment-mixed-kinds',
        `${plural(kind)} are excluded from what is assigned to ${plural(others[0]?.kind ?? null).toLowerCase()}. Here that works: the exclusion wins on every device that both reach. Intune does not support it.`,
      );
    if (mode === 'exclude' && (target.kind === 'allUsers' || target.kind === 'allDevices'))
      tell(
        i,
        'assignment-excludes-everybody',
        'Intune excludes groups only; here this exclusion leaves nobody of them.',
      );
    if (mode === 'include' && everybody && target.kind !== 'allUsers' && target.kind !== 'allDevices')
      tell(
        i,
        'assignment-beside-everybody',
        'All users and all devices are included already: this adds no device but those that wait for their first inventory. Intune takes no more groups then.',
      );
    if (target.kind === 'user' || target.kind === 'device')
      tell(i, 'assignment-single-target', `A single ${target.kind} is named. Intune assigns to groups only.`);
  }
  return findings;
}

function plural(kind: TargetKind): string {
  return kind === 'user' ? 'Users' : 'Devices';
}
