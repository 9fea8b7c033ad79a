import { hashSecret } from '../crypto/secret.ts';
import type { Device, DeviceId } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { DeviceCredential, DeviceCredentialStore } from './device-credential.ts';

export type AuthenticateDeviceDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly credentials: DeviceCredentialStore;
  readonly devices: DeviceStore;
};

export type DeviceAuthentication =
  | { readonly kind: 'device'; readonly device: Device; readonly credential: DeviceCredential }
  | {
      readonly kind: 'refused';
      /** `superseded`: its successor has been used, so only a copy of an old file can show it. */
      readonly reason: 'credential-unknown' | 'credential-revoked' | 'credential-superseded' | 'device-unknown';
    };

/**
 * Who shows this credential. A rotated credential serves until its successor is used for the first time; that first use
 * ends all others of the device. Retired devices are let in: they must learn what to remove.
 */
export async function authenticateDevice(
  deps: AuthenticateDeviceDeps,
  input: { readonly secret: string },
): Promise<DeviceAuthentication> {
  const credential = await deps.credentials.findBySecretHash(hashSecret(input.secret));
  if (credential === null) return { kind: 'refused', reason: 'credential-unknown' };
  if (credential.revokedAt !== null)
    return {
      kind: 'refused',
      reason: credential.supersededBy === null ? 'credential-revoked' : 'credential-superseded',
    };
  const device = await deps.devices.get(credential.deviceId as DeviceId);
  if (device === null) return { kind: 'refused', reason: 'device-unknown' };
  if (credential.firstUsedAt === null) await beginUse(deps, credential);
  return { kind: 'device', device, credential };
}

function beginUse(deps: AuthenticateDeviceDeps, credential: DeviceCredential): Promise<void> {
  return deps.transact(async () => {
    const now = deps.clock.now();
    await deps.credentials.markUsed(credential.id, now);
    await deps.credentials.revoke(credential.deviceId, credential.id, now);
  });
}
