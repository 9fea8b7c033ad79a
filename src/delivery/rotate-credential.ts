import type { Device } from '../directory/device.ts';
import type { EventLog } from '../events/event-log.ts';
import { type Clock, day } from '../lib/clock.ts';
import { deviceCause } from './device-cause.ts';
import type { DeviceCredential, DeviceCredentialStore } from './device-credential.ts';
import { newCredential } from './new-credential.ts';

/** Age at which a credential is replaced, in milliseconds. */
export const credentialLifetime = 30 * day;

export function isRotationDue(credential: DeviceCredential, now: number): boolean {
  return credential.supersededBy !== null || now - credential.createdAt >= credentialLifetime;
}

/**
 * Joins the caller's transaction. A successor that was handed out before and never came back is ended: its secret may
 * have been lost with the answer, and nobody but the device could know it. Null when another check-in has replaced
 * `credential` since this one showed it: the successor that the device then holds must not be ended.
 */
export async function rotateCredential(
  deps: { readonly clock: Clock; readonly credentials: DeviceCredentialStore; readonly events: EventLog },
  input: { readonly device: Device; readonly credential: DeviceCredential; readonly requestId: string | null },
): Promise<string | null> {
  const { device, credential } = input;
  const { secret, credential: successor } = newCredential(deps.clock, device.id);
  if (!(await deps.credentials.supersede(credential, successor.id))) return null;
  await deps.credentials.revoke(device.id, credential.id, deps.clock.now());
  await deps.credentials.insert(successor);
  await deps.events.append([
    {
      type: 'device.credential-rotated',
      cause: deviceCause(device, input.requestId),
      subjects: [{ kind: 'device', id: device.id }],
      data: { from: credential.id, to: successor.id },
    },
  ]);
  return secret;
}
