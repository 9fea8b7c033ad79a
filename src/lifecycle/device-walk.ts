import type { AssignableDevice } from '../assignments/reach.ts';
import type { DeploymentId } from '../deployments/deployment.ts';
import type { DeviceId } from '../directory/device.ts';
import type { Platform } from '../directory/platform.ts';
import type { ProfileId } from '../profiles/profile-id.ts';

/** Ids of very many devices, page by page: a query over devices and deployments that belongs to neither's store. */
export type DeviceWalk = {
  /** Those that are not retired, by id, after the one given. */
  ofPlatform(platform: Platform, after: DeviceId | null, limit: number): Promise<readonly DeviceId[]>;
  /** Those with a wanted deployment of the profile, by the deployment's id, after the one given. */
  withProfile(
    profileId: ProfileId,
    after: DeploymentId | null,
    limit: number,
  ): Promise<readonly { readonly deviceId: DeviceId; readonly deploymentId: DeploymentId }[]>;
  /** What decides about assignments of those that are not retired, by id, after the one given. */
  assignableOfPlatform(platform: Platform, after: DeviceId | null, limit: number): Promise<readonly AssignableDevice[]>;
  /** The same of these devices, in order of id. */
  assignable(deviceIds: readonly DeviceId[]): Promise<readonly AssignableDevice[]>;
  /** Devices that are not retired; stops counting at `most`. */
  count(most: number): Promise<number>;
};
