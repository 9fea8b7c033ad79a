import type { DeviceId } from '../directory/device.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Deployment, DeploymentCause, DeploymentId, DeploymentState } from './deployment.ts';

export type DeploymentQuery = {
  readonly profileId: ProfileId | null;
  readonly deviceId: DeviceId | null;
  readonly states: readonly DeploymentState[] | null;
  /** Only those whose certificate says something else than the directory. */
  readonly drifted?: boolean;
};

/** Whoever stores one appends the event that says who and why, in the same transaction. */
export type DeploymentMove = Partial<Pick<Deployment, 'problem' | 'generation' | 'attempts'>> & {
  /** Leads to its state of the state table; null: the state stays. */
  readonly cause: DeploymentCause | null;
  /** ms. */
  readonly at: number;
};

export type DeploymentStore = {
  get(id: DeploymentId): Promise<Deployment | null>;
  findByDeliveryRef(ref: string): Promise<Deployment | null>;
  /** Wanted and not; of every profile, or of these. */
  byDevices(deviceIds: readonly DeviceId[], profileIds?: readonly ProfileId[]): Promise<readonly Deployment[]>;
  /** As `byDevices`, and nobody else writes them until the transaction ends. What `save` replaces was read by this. */
  lockByDevices(deviceIds: readonly DeviceId[], profileIds?: readonly ProfileId[]): Promise<readonly Deployment[]>;
  list(query: DeploymentQuery, page: PageRequest): Promise<Page<Deployment>>;
  /**
   * Insert, or replace by id. Unique by (profile, device, user, consumer). Throws when a state would follow another that no
   * cause of the state table leads from.
   */
  save(deployments: readonly Deployment[]): Promise<void>;
  /**
   * Changes only these fields, and only while the deployment is wanted as then, its generations and revision are as
   * given, and the cause is possible in its state; false when not: it was issued, changed or taken back since.
   * The one way to write a deployment that a SCEP call or a report may be writing too.
   */
  move(
    known: Pick<Deployment, 'id' | 'wanted' | 'generation' | 'issuedGeneration' | 'revision'>,
    change: DeploymentMove,
  ): Promise<boolean>;
};
