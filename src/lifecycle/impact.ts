/**
 * What a change of profiles or assignments would do to deployments: a dry run of what reconciling does, `findWanted` and
 * `plan`, in the world after the change. Nothing is written.
 */
import { circumstancesIn, concernedBy, type ProfileWorld, partOf } from '../assignments/profile-world.ts';
import { type Deployment, type DeploymentId, isDue } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import { type PlanStep, plan } from '../deployments/plan.ts';
import type { Device, DeviceId } from '../directory/device.ts';
import type { User, UserId } from '../directory/user.ts';
import type { Clock } from '../lib/clock.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import { removalRule } from '../profiles/removal-rule.ts';
import { type DeploymentEnd, plannedEnds } from './end-facts.ts';
import { type WalkDeps, walkDevices } from './walk-devices.ts';

/**
 * `blocked`: it applies, and there can be no certificate; `problem` says why. `remove`: it is to have it no more; `revoke`:
 * what was issued is revoked too, as `removal` says.
 */
export const impactEffects = ['gain', 'keep', 'redeliver', 'reissue', 'remove', 'revoke', 'blocked'] as const;

export type ImpactEffect = (typeof impactEffects)[number];

/** What becomes of one deployment. */
export type ImpactItem = {
  readonly effect: ImpactEffect;
  readonly profileId: ProfileId;
  readonly device: Pick<Device, 'id' | 'deviceName'>;
  readonly user: Pick<User, 'id' | 'userPrincipalName'> | null;
  /** Whether the device has a certificate of it now. */
  readonly holdsCertificate: boolean;
  /** Of the certificate that it then is to have. */
  readonly subject: string | null;
  readonly problem: Deployment['problem'];
  /**
   * Of what is removed or revoked: by what, and how; it may wait to be confirmed first (`gate-removals.ts`). Also of a
   * certificate that another one replaces because the profile was edited.
   */
  readonly removal: ImpactEnd | null;
};

/** `countedFrom` what its rule begins with: the change, or the moment at which the device has the new certificate in place. */
export type ImpactEnd = DeploymentEnd & { readonly countedFrom: 'change' | 'replacement' };

export type ImpactDeps = WalkDeps & {
  readonly clock: Pick<Clock, 'now'>;
  readonly deployments: Pick<DeploymentStore, 'byDevices'>;
};

export type ImpactInput = {
  readonly before: ProfileWorld;
  readonly after: ProfileWorld;
  /** The profiles that the change is about. */
  readonly focus: readonly ProfileId[];
  /** Those that it may touch; absent: whoever the profiles reach or have something of them. */
  readonly deviceIds?: readonly DeviceId[];
};

/** Of the profiles in focus and all whose root is one of them, device by device, in batches. */
export async function* impact(stored: ImpactDeps, input: ImpactInput): AsyncGenerator<readonly ImpactItem[]> {
  const { before, after, focus, deviceIds: asked } = input;
  const deps = { ...stored, wanted: circumstancesIn(stored.wanted, after) };
  const concerned = concernedBy(focus, [before, after]);
  const profileIds = [...concerned];
  const platforms = [...before.profiles, ...after.profiles]
    .filter(({ id }) => concerned.has(id))
    .map(({ settings }) => settings.platform);
  const profiles = new Map(after.profiles.map((profile) => [profile.id, profile]));
  const now = deps.clock.now();
  const world = partOf(after, concerned);
  for await (const walked of walkDevices(deps, { world, profileIds, platforms, ...(asked && { deviceIds: asked }) })) {
    const { deviceIds, wanted, devices, users } = walked;
    const deployments = await deps.deployments.byDevices(deviceIds, profileIds);
    const known = Map.groupBy(deployments, ({ deviceId }) => deviceId);
    const planned = deviceIds.map((deviceId) => ({
      deviceId,
      known: known.get(deviceId) ?? [],
      steps: plan({
        deviceId,
        known: known.get(deviceId) ?? [],
        wanted: wanted.get(deviceId) ?? [],
        now,
        newId: () => '' as DeploymentId,
        newDeliveryRef: () => '',
      }),
    }));
    const leaving = planned.flatMap(({ steps }) =>
      steps.flatMap(({ kind, after }) => (kind === 'remove' && concerned.has(after.profileId) ? [after] : [])),
    );
    const ends = leaving.length === 0 ? none : await plannedEnds(deps.wanted, { before, after }, leaving);
    yield planned.flatMap(({ deviceId, known, steps }) =>
      itemsOf(deviceId, known, steps, { concerned, devices, users, ends, profiles }),
    );
  }
}

const none: ReadonlyMap<string, DeploymentEnd> = new Map();

function itemsOf(
  deviceId: DeviceId,
  known: readonly Deployment[],
  steps: readonly PlanStep[],
  about: {
    readonly concerned: ReadonlySet<ProfileId>;
    readonly devices: ReadonlyMap<DeviceId, Device>;
    readonly users: ReadonlyMap<UserId, User>;
    readonly ends: ReadonlyMap<string, DeploymentEnd>;
    readonly profiles: ReadonlyMap<ProfileId, Profile>;
  },
): ImpactItem[] {
  const outcomes: { readonly before: Deployment | null; readonly after: Deployment }[] = [];
  const stepped = new Set<string>();
  for (const { before, after } of steps) {
    // The roots beside them are planned along, and not asked about.
    if (!about.concerned.has(after.profileId)) continue;
    if (before !== null) stepped.add(before.id);
    outcomes.push({ before, after });
  }
  for (const deployment of known)
    if (deployment.wanted && !stepped.has(deployment.id)) outcomes.push({ before: deployment, after: deployment });
  const deviceName = about.devices.get(deviceId)?.deviceName ?? deviceId;
  return outcomes.map(({ before, after }) => {
    const user = after.userId === null ? undefined : about.users.get(after.userId);
    const end = about.ends.get(after.id);
    const removal: ImpactEnd | null =
      end === undefined ? replacedEnd(before, after, about.profiles) : { ...end, countedFrom: 'change' };
    return {
      effect: effectOf(before, after, removal),
      profileId: after.profileId,
      device: { id: deviceId, deviceName },
      user: user === undefined ? null : { id: user.id, userPrincipalName: user.userPrincipalName },
      holdsCertificate: before?.wanted === true && before.currentCertificateId !== null,
      subject: after.wanted ? (after.expectation?.subjectText ?? null) : null,
      problem: after.problem,
      removal,
    };
  });
}

/** Of the certificate that a device has until it has fetched what an edit asks for. */
function replacedEnd(
  before: Deployment | null,
  after: Deployment,
  profiles: ReadonlyMap<ProfileId, Profile>,
): ImpactEnd | null {
  const profile = profiles.get(after.profileId);
  const edited = before !== null && before.contentVersion !== after.contentVersion && after.editedGeneration !== null;
  if (!edited || !after.wanted || after.expectation === null || profile === undefined) return null;
  const rule = removalRule('profileChanged', after.kind, profile);
  return { occasion: 'profileChanged', rule, countedFrom: 'replacement' };
}

function effectOf(before: Deployment | null, after: Deployment, removal: DeploymentEnd | null): ImpactEffect {
  if (!after.wanted) return removal?.rule.revoke === true && after.issuedGeneration > 0 ? 'revoke' : 'remove';
  const scep = after.kind === 'scep';
  if (scep && after.expectation === null) return 'blocked';
  if (before === null || !before.wanted) return 'gain';
  // A first certificate that was impossible so far is as good as gained.
  if (scep && before.expectation === null && before.issuedGeneration === 0) return 'gain';
  if (scep && after.generation > before.generation) return 'reissue';
  const told = after.deliveryVersion !== before.deliveryVersion || after.contentVersion !== before.contentVersion;
  // What is being fetched begins anew with what it is to be now.
  const begun = isDue(before) && after.revision !== before.revision;
  return told || begun ? 'redeliver' : 'keep';
}
