/**
 * What is to be said of profiles once it is known whom they reach: devices that a trusted certificate profile does not
 * reach although a SCEP profile that rests on it does, kinds of assignment that Intune lets fail, and what the rules say of
 * devices without a user.
 */
import type { Assignment, AssignmentTarget } from '../assignments/assignment.ts';
import type { AssignmentStore } from '../assignments/assignment-store.ts';
import { concernedBy, type ProfileWorld, partOf } from '../assignments/profile-world.ts';
import { targetKey } from '../assignments/target-key.ts';
import type { Device } from '../directory/device.ts';
import type { GroupStore } from '../directory/group-store.ts';
import type { Clock } from '../lib/clock.ts';
import type { Finding } from '../profiles/finding.ts';
import type { Profile, ScepProfile, TrustedCertificateProfile } from '../profiles/profile.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { reachMatters, withReach } from '../profiles/rules/reach-findings.ts';
import type { ReachedDevices, RuleFacts } from '../profiles/rules/rule.ts';
import { bySeverity } from '../profiles/validate-profile.ts';
import { type WalkDeps, walkDevices } from './walk-devices.ts';

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
  const world = input.world ?? { profiles: await deps.profiles.all(), assignments: await deps.assignments.all() };
  const now = deps.clock.now();
  const concerned = concernedBy(input.focus, [world]);
  const pairs = world.profiles.flatMap((profile) => (concerned.has(profile.id) ? pairOf(profile, world) : []));
  const counted = await count(
    deps,
    world,
    pairs.filter((pair) => !sameReach(pair) || reachMatters(pair.profile, now)),
  );
  const about = new Map<ProfileId, Finding[]>();
  for (const pair of pairs) {
    const { profile, root } = pair;
    const finding =
      coverageFinding(counted.get(profile.id)?.uncovered, pair) ?? (await kindsFinding(deps.groups, pair));
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

/** A SCEP profile that is assigned, and its root. */
type Pair = {
  readonly profile: ScepProfile;
  readonly root: TrustedCertificateProfile;
  readonly own: readonly Assignment[];
  readonly roots: readonly Assignment[];
};

function pairOf(profile: Profile, { profiles, assignments }: ProfileWorld): Pair[] {
  if (profile.kind !== 'scep') return [];
  const root = profiles.find(({ id }) => id === profile.settings.rootCertificate);
  const of = (id: ProfileId) => assignments.filter(({ profileId }) => profileId === id);
  const own = of(profile.id);
  if (root?.kind !== 'trustedCertificate' || !own.some(({ mode }) => mode === 'include')) return [];
  return [{ profile, root, own, roots: of(root.id) }];
}

/** Assigned alike, by the same rules: there is nothing to look for. */
function sameReach({ profile, root, own, roots }: Pair): boolean {
  const text = (assignments: readonly Assignment[]) =>
    JSON.stringify(
      assignments
        .map(
          ({ mode, target, filter }) => `${mode} ${targetKey(target)} ${filter?.mode ?? ''} ${filter?.filterId ?? ''}`,
        )
        .sort(),
    );
  const rules = ({ settings }: Profile) =>
    JSON.stringify('applicabilityRules' in settings ? settings.applicabilityRules : null);
  return text(own) === text(roots) && rules(profile) === rules(root);
}

type Counted = { readonly reach: NonNullable<RuleFacts['reach']>; readonly uncovered: ReachedDevices };

async function count(
  deps: WalkDeps,
  world: ProfileWorld,
  pairs: readonly Pair[],
): Promise<ReadonlyMap<ProfileId, Counted>> {
  const tallies = new Map(pairs.map(({ profile }) => [profile.id, newTally()]));
  if (pairs.length === 0) return tallies;
  const part = partOf(world, new Set(tallies.keys()));
  const platforms = pairs.map(({ profile }) => profile.settings.platform);
  for await (const { deviceIds, wanted, devices } of walkDevices(deps, { world: part, profileIds: [], platforms })) {
    for (const deviceId of deviceIds) {
      const has = wanted.get(deviceId) ?? [];
      const device = devices.get(deviceId);
      for (const { profile } of has) {
        const tally = tallies.get(profile.id);
        if (tally === undefined || device === undefined || profile.kind !== 'scep') continue;
        if (device.primaryUserId === null) note(tally.reach.devicesWithoutUser, device);
        if (device.management === 'dedicated') note(tally.reach.dedicatedDevices, device);
        const covered = has.some((other) => other.profile.id === profile.settings.rootCertificate);
        if (!covered) note(tally.uncovered, device);
      }
    }
  }
  return tallies;
}

type Tally = { count: number; readonly names: string[] };

function newTally() {
  const none = (): Tally => ({ count: 0, names: [] });
  return { reach: { devicesWithoutUser: none(), dedicatedDevices: none() }, uncovered: none() };
}

/** As `ReachedDevices` says. */
const mostNames = 20;

function note(tally: Tally, { deviceName }: Device): void {
  if (tally.count++ < mostNames) tally.names.push(deviceName);
}

function add(findings: Map<ProfileId, Finding[]>, id: ProfileId, finding: Finding): void {
  const known = findings.get(id);
  if (known === undefined) findings.set(id, [finding]);
  else known.push(finding);
}

function coverageFinding(uncovered: ReachedDevices | undefined, { root, roots }: Pair): Finding | null {
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

type Kind = 'user' | 'device';

/** intune-domain 4.3: Intune looks at the kinds of assignment, not at the devices. */
async function kindsFinding(groups: Pick<GroupStore, 'get'>, { root, own, roots }: Pair): Promise<Finding | null> {
  const [ownKinds, rootKinds] = [await kindsOf(groups, own), await kindsOf(groups, roots)];
  const [kind, rootKind] = [only(ownKinds), only(rootKinds)];
  if (kind === null || rootKind === null || kind === rootKind) return null;
  return {
    rule: 'assignment-kinds',
    severity: 'warning',
    path: 'assignments',
    detail: `The SCEP profile is assigned to ${kind}s, its trusted certificate profile “${root.name}” to ${rootKind}s. Both reach the same devices now, so it works here; it stops for whoever one of them no longer reaches, and Intune lets it fail.`,
    fix: 'Assign both to the same groups.',
  };
}

async function kindsOf(groups: Pick<GroupStore, 'get'>, assignments: readonly Assignment[]): Promise<Set<Kind>> {
  const kinds = new Set<Kind>();
  for (const { mode, target } of assignments) {
    const kind = mode === 'include' ? await kindOf(groups, target) : null;
    if (kind !== null) kinds.add(kind);
  }
  return kinds;
}

async function kindOf(groups: Pick<GroupStore, 'get'>, target: AssignmentTarget): Promise<Kind | null> {
  if (target.kind === 'group') return (await groups.get(target.groupId))?.kind ?? null;
  return target.kind === 'allUsers' || target.kind === 'user' ? 'user' : 'device';
}

function only(kinds: ReadonlySet<Kind>): Kind | null {
  const [first = null, second] = kinds;
  return second === undefined ? first : null;
}
