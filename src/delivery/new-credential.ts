import { hashSecret } from '../crypto/secret.ts';
import type { DeviceId } from '../directory/device.ts';
import { toBase64Url } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { randomBytes } from '../lib/random.ts';
import type { CredentialId, DeviceCredential } from './device-credential.ts';

/** 256 random bits. The prefix lets scanners for leaked secrets recognise it. */
export function newCredential(clock: Clock, deviceId: DeviceId): { secret: string; credential: DeviceCredential } {
  const secret = `scepward_device_${toBase64Url(randomBytes(32))}`;
  return {
    secret,
    credential: {
      id: newId<CredentialId>(clock),
      deviceId,
      secretHash: hashSecret(secret),
      createdAt: clock.now(),
      supersededBy: null,
      firstUsedAt: null,
      revokedAt: null,
    },
  };
}
