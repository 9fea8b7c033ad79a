/** What an agent proves itself with at check-in. Shown once; stored as SHA-256; rotated and revocable. */
import type { Branded } from '../lib/ids.ts';

export type CredentialId = Branded<'CredentialId'>;

export type DeviceCredential = {
  readonly id: CredentialId;
  readonly deviceId: string;
  readonly secretHash: string;
  readonly createdAt: number;
  /** A rotated credential serves until its successor was used once. */
  readonly supersededBy: CredentialId | null;
  readonly firstUsedAt: number | null;
  readonly revokedAt: number | null;
};

export type DeviceCredentialStore = {
  findBySecretHash(secretHash: string): Promise<DeviceCredential | null>;
  byDevice(deviceId: string): Promise<readonly DeviceCredential[]>;
  insert(credential: DeviceCredential): Promise<void>;
  /** Only while it is as `known`: false when it was revoked or has another successor since. */
  supersede(known: Pick<DeviceCredential, 'id' | 'supersededBy'>, by: CredentialId): Promise<boolean>;
  markUsed(id: CredentialId, at: number): Promise<void>;
  /** All of the device's that are live, but for `keep`. Answers how many. */
  revoke(deviceId: string, keep: CredentialId | null, at: number): Promise<number>;
};
