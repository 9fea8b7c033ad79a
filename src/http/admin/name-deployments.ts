import type { Deployment } from '../../deployments/deployment.ts';
import { isDue } from '../../deployments/deployment.ts';
import { type DeploymentStatus, statusOf } from '../../deployments/deployment-status.ts';
import { type DriftDifference, driftOf } from '../../deployments/drift.ts';
import { renewalTime } from '../../deployments/renewal-time.ts';
import { nextAttemptAt } from '../../deployments/retry-time.ts';
import type { DeviceStore } from '../../directory/device-store.ts';
import type { ObjectNames } from '../../events/audit-trail.ts';
import type { Subject } from '../../events/event.ts';
import type { Bound } from '../../lib/bound.ts';
import type { Profile } from '../../profiles/profile.ts';
import type { ProfileHistory } from '../../profiles/profile-history.ts';
import type { ProfileId } from '../../profiles/profile-id.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import type { ServerOptions } from '../../profiles/scep-settings.ts';
import type { deviceScopeTags } from '../../reporting/device-scope-tags.ts';

export type NamesOfDeployments = {
  readonly devices: Pick<DeviceStore, 'getMany'>;
  readonly profiles: Pick<ProfileStore, 'get'>;
  readonly objectNames: Pick<ObjectNames, 'names'>;
  readonly deviceScopeTags: Bound<typeof deviceScopeTags>;
};

export type SlugsOf = {
  readonly profiles: Pick<ProfileStore, 'get'>;
  readonly profileHistory: Pick<ProfileHistory, 'latest'>;
};

export type NamedDeployment = Deployment & {
  /** Null: it is there no more. */
  readonly deviceName: string | null;
  readonly profileSlug: string | null;
  /** As they are called now, or were last. */
  readonly called: { readonly device: string | null; readonly profile: string | null };
  /** Those of its device. */
  readonly scopeTags: string[];
  readonly status: DeploymentStatus;
  /** Of its certificate: `from` a device that renews by itself may, `at` we ask for it. */
  readonly renewal: { readonly from: number; readonly at: number } | null;
  /** While one is due: no challenge before then. */
  readonly nextAttemptAt: number | null;
  /** Null: its certificate says what the directory says. `action`: what the profile does about it. */
  readonly drift: {
    readonly since: number;
    readonly action: 'due' | ServerOptions['directoryChanges'];
    readonly differences: DriftDifference[];
  } | null;
};

/** Deployments with the names that people know their devices and profiles by, and what happens next. */
export async function nameDeployments(
  { devices, profiles, objectNames, deviceScopeTags }: NamesOfDeployments,
  deployments: readonly Deployment[],
): Promise<readonly NamedDeployment[]> {
  const found = await devices.getMany([...new Set(deployments.map(({ deviceId }) => deviceId))]);
  const tags = await deviceScopeTags(found.map(({ id }) => id));
  const deviceNames = new Map(found.map(({ id, deviceName }) => [id, deviceName]));
  const known = await profilesOf(profiles, new Set(deployments.map(({ profileId }) => profileId)));
  const gone = await objectNames.names(
    deployments.flatMap(({ deviceId, profileId }): Subject[] => [
      ...(deviceNames.has(deviceId) ? [] : [{ kind: 'device', id: deviceId } as const]),
      ...(known.has(profileId) ? [] : [{ kind: 'profile', id: profileId } as const]),
    ]),
  );
  return deployments.map((deployment) => {
    const { deviceId, profileId } = deployment;
    const profile = known.get(deployment.profileId) ?? null;
    return {
      ...deployment,
      deviceName: deviceNames.get(deployment.deviceId) ?? null,
      profileSlug: profile?.slug ?? null,
      called: {
        device: deviceNames.get(deviceId) ?? gone.get(`device ${deviceId}`) ?? null,
        profile: profile?.name ?? gone.get(`profile ${profileId}`) ?? null,
      },
      scopeTags: [...(tags.get(deployment.deviceId)?.scopeTags ?? [])],
      status: statusOf(deployment),
      renewal: renewalOf(deployment, profile),
      nextAttemptAt: isDue(deployment) ? nextAttemptAt(deployment) : null,
      drift: driftView(deployment, profile),
    };
  });
}

function renewalOf(deployment: Deployment, profile: Profile | null): NamedDeployment['renewal'] {
  const { wanted, renewAt, certificateNotBefore: notBefore, certificateNotAfter: notAfter } = deployment;
  if (!wanted || profile?.kind !== 'scep' || renewAt === null || notBefore === null || notAfter === null) return null;
  const { id: deploymentId, issuedGeneration: generation } = deployment;
  const { from } = renewalTime({ notBefore, notAfter }, profile.settings, {
    deploymentId,
    generation,
  });
  return { from: Math.min(from, renewAt), at: renewAt };
}

function driftView(deployment: Deployment, profile: Profile | null): NamedDeployment['drift'] {
  const { driftedAt: since } = deployment;
  if (since === null) return null;
  const follows = profile?.kind === 'scep' ? profile.settings.server.directoryChanges : 'atRenewal';
  return { since, action: isDue(deployment) ? 'due' : follows, differences: [...driftOf(deployment)] };
}

/** Slugs by id; of what is deleted the last one. */
export async function slugsOf(
  { profiles, profileHistory }: SlugsOf,
  ids: ReadonlySet<ProfileId>,
): Promise<ReadonlyMap<string, string>> {
  const slugs = new Map<string, string>();
  for (const id of ids) {
    const profile = (await profiles.get(id)) ?? (await profileHistory.latest(id));
    if (profile !== null) slugs.set(id, profile.slug);
  }
  return slugs;
}

async function profilesOf(
  profiles: Pick<ProfileStore, 'get'>,
  ids: ReadonlySet<ProfileId>,
): Promise<ReadonlyMap<ProfileId, Profile>> {
  const known = new Map<ProfileId, Profile>();
  for (const id of ids) {
    const profile = await profiles.get(id);
    if (profile !== null) known.set(id, profile);
  }
  return known;
}
