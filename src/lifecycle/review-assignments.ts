/**
 * What is to be said of profiles once it is known whom they reach: devices that a trusted certificate profile does not
 * reach although a SCEP profile that rests on it does, kinds of assignment that Intune lets fail, and what the rules say of
 * devices without a user.
 */
import type { Assignment, AssignmentTarget } from '../assignments/assignment.ts';
import type { AssignmentStore } from '../assignments/assignment-store.ts';
import { covers } from '../assignments/covers.ts';
import { circumstancesIn, concernedBy, type ProfileWorld } from '../assignments/profile-world.ts';
import type { Group, GroupId } from '../directory/group.ts';
import type { GroupStore } from '../directory/group-store.ts';
import type { Clock } from '../lib/clock.ts';
import type { Finding } from '../profiles/finding.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { reachMatters, withReach } from '../profiles/rules/reach-findings.ts';
import type { ReachedDevices } from '../profiles/rules/rule.ts';
import { bySeverity } from '../profiles/validate-profile.ts';
import { countReached, type RootedProfile } from './count-reached.ts';
import type { WalkDeps } from './walk-devices.ts';

export type ReviewAssignmentsDeps = WalkDeps & {
  readonly clock: Pick<Clock, 'now'>;
  readonly profiles: Pick<ProfileStore, 'all'>;
  readonly assignments: Pick<AssignmentStore, 'all'>;
  readonly groups: Pick<GroupStore, 'get'>;
};

/** The findings of a profile in focus, completed; errors first. */
export type AssignmentReview = (profileId: ProfileId, findings: readonly Finding[]) => readonly Finding[];

/** `world` null: as it is stored. Looks at devices only where that can tell anything; never inside a transaction. */
export async function reviewAssignments(
  deps: ReviewAssignmentsDeps,
  input: { readonly world: ProfileWorld | null; readonly focus: readonly ProfileId[] },
): Promise<AssignmentReview> {
  const world: ProfileWorld = input.world ?? {
    profiles: await deps.profiles.all(),
    assignments: await deps.assignments.all(),
  };
  const now = deps.clock.now();
  const concerned = concernedBy(input.focus, [world]);
  const pairs = world.profiles.flatMap((profile) => (concerned.has(profile.id) ? pairOf(profile, world) : []));
  const kinds = await kindsOfGroups(deps.groups, pairs);
  const unclear = pairs.filter((pair) => !isCovered(pair, kinds) || reachMatters(pair.profile, now));
  const counted = await countReached({ ...deps, wanted: circumstancesIn(deps.wanted, world) }, unclear);
  const about = new Map<ProfileId, Finding[]>();
  for (const pair of pairs) {
    const { profile, root } = pair;
    const finding = coverageFinding(counted.get(profile.id)?.uncovered, pair) ?? kindsFinding(pair, kinds);
    if (finding === null) continue;
    add(about, profile.id, finding);
    add(about, root.id, { ...finding, detail: `“${profile.name}” rests on it. ${finding.detail}` });
  }
  return (profileId, findings) => {
    const pair = pairs.find(({ profile }) => profile.id === profileId);
    const reach = counted.get(profileId)?.reach;
    const judged = pair === undefined || reach === undefined ? findings : withReach(findings, pair.profile, reach, now);
    return bySeverity([...judged, ...(about.get(profileId) ?? [])]);
  };
}

function pairOf(profile: Profile, { profiles, assignments }: ProfileWorld): RootedProfile[] {
  if (profile.kind !== 'scep') return [];
  const root = profiles.find(({ id }) => id === profile.settings.rootCertificate);
  const of = (id: ProfileId) => assignments.filter(({ profileId }) => profileId === id);
  const own = of(profile.id);
  if (root?.kind !== 'trustedCertificate' || !own.some(({ mode }) => mode === 'include')) return [];
  return [{ profile, root, own, roots: of(root.id) }];
}

function add(findings: Map<ProfileId, Finding[]>, id: ProfileId, finding: Finding): void {
  const known = findings.get(id);
  if (known === undefined) findings.set(id, [finding]);
  else known.push(finding);
}

function coverageFinding(uncovered: ReachedDevices | undefined, { root, roots }: RootedProfile): Finding | null {
  const { count, names } = uncovered ?? { count: 0, names: [] };
  const about = { rule: 'root-not-assigned', severity: 'warning', path: 'assignments' } as const;
  const fix = 'Assign both to the same groups.';
  if (count === 0 && !roots.some(({ mode }) => mode === 'include'))
    return { ...about, detail: `The trusted certificate profile “${root.name}” is assigned to nobody.`, fix };
  if (count === 0) return null;
  const rest = count > names.length ? ` and ${count - names.length} more` : '';
  const devices = count === 1 ? 'one device' : `${count} devices`;
  return {
    ...about,
    detail: `The trusted certificate profile “${root.name}” does not reach ${devices} that the SCEP profile reaches; these get no certificate: ${names.join(', ')}${rest}.`,
    fix,
  };
}

type Kinds = ReadonlyMap<GroupId, Group['kind']>;

/** Of the groups that are there. */
async function kindsOfGroups(groups: Pick<GroupStore, 'get'>, pairs: readonly RootedProfile[]): Promise<Kinds> {
  const kinds = new Map<GroupId, Group['kind']>();
  const named = new Set<GroupId>();
  for (const { target } of pairs.flatMap(({ own, roots }) => [...own, ...roots]))
    if (target.kind === 'group') named.add(target.groupId);
  for (const groupId of named) {
    const group = await groups.get(groupId);
    if (group !== null) kinds.set(groupId, group.kind);
  }
  return kinds;
}

function isCovered({ profile, root, own, roots }: RootedProfile, kinds: Kinds): boolean {
  return covers({ profile: root, assignments: roots }, { profile, assignments: own }, kinds);
}

/** intune-domain 4.3: Intune looks at the kinds of assignment, not at the devices. */
function kindsFinding({ root, own, roots }: RootedProfile, kinds: Kinds): Finding | null {
  const [kind, rootKind] = [onlyKind(own, kinds), onlyKind(roots, kinds)];
  if (kind === null || rootKind === null || kind === rootKind) return null;
  return {
    rule: 'assignment-kinds',
    severity: 'warning',
    path: 'assignments',
    detail: `The SCEP profile is assigned to ${kind}s, its trusted certificate profile “${root.name}” to ${rootKind}s. Both reach the same devices now, so it works here; it stops for whoever one of them no longer reaches, and Intune lets it fail.`,
    fix: 'Assign both to the same groups.',
  };
}

/** Null: of both kinds, or of none that is known. */
function onlyKind(assignments: readonly Assignment[], kinds: Kinds): Group['kind'] | null {
  const found = new Set<Group['kind']>();
  for (const { mode, target } of assignments) {
    const kind = mode === 'include' ? kindOf(target, kinds) : null;
    if (kind !== null) found.add(kind);
  }
  const [first = null, second] = found;
  return second === undefined ? first : null;
}

function kindOf(target: AssignmentTarget, kinds: Kinds): Group['kind'] | null {
  if (target.kind === 'group') return kinds.get(target.groupId) ?? null;
  return target.kind === 'allUsers' || target.kind === 'user' ? 'user' : 'device';
}
