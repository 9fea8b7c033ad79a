import type { DeviceId } from '../directory/device.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Deployment, DeploymentId, DeploymentState } from './deployment.ts';

export type DeploymentQuery = {
  readonly profileId: ProfileId | null;
  readonly deviceId: DeviceId | null;
  readonly states: readonly DeploymentState[] | null;
};

export type DeploymentStore = {
  get(id: DeploymentId): Promise<Deployment | null>;
  findByDeliveryRef(ref: string): Promise<Deployment | null>;
  /** Wanted and not; of every profile, or of these. */
  byDevices(deviceIds: readonly DeviceId[], profileIds?: readonly ProfileId[]): Promise<readonly Deployment[]>;
  /** As `byDevices`, and nobody else writes them until the transaction ends. What `save` replaces was read by this. */
  lockByDevices(deviceIds: readonly DeviceId[], profileIds?: readonly ProfileId[]): Promise<readonly Deployment[]>;
  list(query: DeploymentQuery, page: PageRequest): Promise<Page<Deployment>>;
  /** Insert, or replace by id. Unique by (profile, device, user, consumer). */
  save(deployments: readonly Deployment[]): Promise<void>;
  /**
   * Changes only these fields, and only while the deployment is wanted as then, and its generations and revision are as
   * given; false when they are not: it was issued, changed or taken back since.
   * The one way to write a deployment that a SCEP call or a report may be writing too.
   */
  move(
    known: Pick<Deployment, 'id' | 'wanted' | 'generation' | 'issuedGeneration' | 'revision'>,
    change: Partial<Pick<Deployment, 'state' | 'problem' | 'generation' | 'updatedAt'>>,
  ): Promise<boolean>;
};
