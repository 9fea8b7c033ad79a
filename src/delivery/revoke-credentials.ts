import type { DeviceId } from '../directory/device.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { DeviceCredentialStore } from './device-credential.ts';

/** No credential of the device serves any more; it must join again. Answers how many were ended. */
export async function revokeCredentials(
  deps: {
    readonly transact: Transact;
    readonly clock: Clock;
    readonly credentials: DeviceCredentialStore;
    readonly events: EventLog;
  },
  input: { readonly deviceId: DeviceId; readonly cause: Cause },
): Promise<number> {
  const { deviceId, cause } = input;
  return deps.transact(async () => {
    const ended = await deps.credentials.revoke(deviceId, null, deps.clock.now());
    if (ended > 0)
      await deps.events.append([
        {
          type: 'device.credential-revoked',
          cause,
          subjects: [{ kind: 'device', id: deviceId }],
          data: { ended },
        },
      ]);
    return ended;
  });
}
