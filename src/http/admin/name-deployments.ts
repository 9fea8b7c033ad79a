import type { Deployment } from '../../deployments/deployment.ts';
import type { DeviceStore } from '../../directory/device-store.ts';
import type { Bound } from '../../lib/bound.ts';
import type { ProfileId } from '../../profiles/profile-id.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import type { deviceScopeTags } from '../../reporting/device-scope-tags.ts';

export type NamesOfDeployments = {
  readonly devices: Pick<DeviceStore, 'getMany'>;
  readonly profiles: Pick<ProfileStore, 'get'>;
  readonly deviceScopeTags: Bound<typeof deviceScopeTags>;
};

export type NamedDeployment = Deployment & {
  /** Null: it is there no more. */
  readonly deviceName: string | null;
  readonly profileSlug: string | null;
  /** Those of its device. */
  readonly scopeTags: string[];
};

/** Deployments with the names that people know their devices and profiles by. */
export async function nameDeployments(
  { devices, profiles, deviceScopeTags }: NamesOfDeployments,
  deployments: readonly Deployment[],
): Promise<readonly NamedDeployment[]> {
  const found = await devices.getMany([...new Set(deployments.map(({ deviceId }) => deviceId))]);
  const tags = await deviceScopeTags(found.map(({ id }) => id));
  const deviceNames = new Map(found.map(({ id, deviceName }) => [id, deviceName]));
  const slugs = await slugsOf(profiles, new Set(deployments.map(({ profileId }) => profileId)));
  return deployments.map((deployment) => ({
    ...deployment,
    deviceName: deviceNames.get(deployment.deviceId) ?? null,
    profileSlug: slugs.get(deployment.profileId) ?? null,
    scopeTags: [...(tags.get(deployment.deviceId)?.scopeTags ?? [])],
  }));
}

/** Slugs by id; what is there no more is left out. */
export async function slugsOf(
  profiles: Pick<ProfileStore, 'get'>,
  ids: ReadonlySet<ProfileId>,
): Promise<ReadonlyMap<string, string>> {
  const slugs = new Map<string, string>();
  for (const id of ids) {
    const profile = await profiles.get(id);
    if (profile !== null) slugs.set(id, profile.slug);
  }
  return slugs;
}
