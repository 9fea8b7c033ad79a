import { hashSecret } from '../crypto/secret.ts';
import { blankDevice } from '../directory/blank-device.ts';
import type { Device, DeviceId } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import { isPlatform } from '../directory/platform.ts';
import type { UserId } from '../directory/user.ts';
import type { EventLog } from '../events/event-log.ts';
import type { AgentFacts } from '../formats/agent/agent-facts.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import { deviceCause } from './device-cause.ts';
import type { DeviceCredentialStore } from './device-credential.ts';
import type { JoinToken, JoinTokenStore } from './join-token.ts';
import { newCredential } from './new-credential.ts';
import { reportedFacts } from './reported-facts.ts';

export type JoinDeviceDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly tokens: JoinTokenStore;
  readonly devices: DeviceStore;
  readonly credentials: DeviceCredentialStore;
  readonly dirtyQueue: DirtyQueue;
  readonly events: EventLog;
};

export type JoinRefusal =
  | 'token-unknown'
  | 'token-used'
  | 'token-expired'
  /** The device that the token was made for is gone. */
  | 'device-unknown'
  /** It was retired after the token was made: whoever retires a device means all that could bring it back. */
  | 'device-retired'
  | 'platform-unknown'
  /** The token is for a device of another platform. The token stays good. */
  | 'platform-mismatch';

export type JoinResult =
  /** `credential` is the secret itself; only its hash was stored. */
  | { readonly kind: 'joined'; readonly device: Device; readonly credential: string }
  | { readonly kind: 'refused'; readonly reason: JoinRefusal };

/**
 * A device comes under management: the token is spent, the device known from now on by its credential. Joining a device
 * again ends its earlier credentials, and a retirement that came before the token.
 */
export async function joinDevice(
  deps: JoinDeviceDeps,
  input: { readonly secret: string; readonly facts: AgentFacts; readonly requestId: string | null },
): Promise<JoinResult> {
  const secretHash = hashSecret(input.secret);
  return deps.transact(async () => {
    const now = deps.clock.now();
    const token = await deps.tokens.findBySecretHash(secretHash);
    if (token === null) return refused('token-unknown');
    const device = await joiningDevice(deps, token, input.facts, now);
    if (typeof device === 'string') return refused(device);
    if (!(await deps.tokens.use(token.id, now))) {
      const reason = token.usedAt === null ? 'token-expired' : 'token-used';
      await deps.events.append([
        {
          type: 'access.refused',
          cause: { actor: { kind: 'client', id: null, name: 'joining device' }, requestId: input.requestId },
          subjects: [{ kind: 'token', id: token.id }],
          data: { reason },
        },
      ]);
      return refused(reason);
    }
    const { secret, credential } = newCredential(deps.clock, device.id);
    await deps.devices.save([device]);
    await deps.credentials.insert(credential);
    const ended = await deps.credentials.revoke(device.id, credential.id, now);
    await deps.dirtyQueue.mark([device.id]);
    await deps.events.append([
      {
        type: 'device.joined',
        cause: deviceCause(device, input.requestId),
        subjects: [
          { kind: 'device', id: device.id },
          { kind: 'token', id: token.id },
        ],
        data: { platform: device.platform, created: token.deviceId === null, endedCredentials: ended },
      },
    ]);
    return { kind: 'joined', device, credential: secret };
  });
}

function refused(reason: JoinRefusal): JoinResult {
  return { kind: 'refused', reason };
}

async function joiningDevice(
  deps: JoinDeviceDeps,
  token: JoinToken,
  facts: AgentFacts,
  now: number,
): Promise<Device | JoinRefusal> {
  const reported = reportedFacts(facts);
  if (token.deviceId === null) return newDevice(deps.clock, token, facts, now);
  const known = await deps.devices.get(token.deviceId as DeviceId, 'to-change');
  if (known === null) return 'device-unknown';
  if (known.retiredAt !== null && token.createdAt < known.retiredAt) return 'device-retired';
  if (known.platform !== facts.platform) return 'platform-mismatch';
  return {
    ...known,
    reported,
    enrolledAt: now,
    registeredAt: known.retiredAt === null ? known.registeredAt : null,
    retiredAt: null,
    retiredBy: null,
    lastCheckIn: now,
    sources: { ...known.sources, enrolledAt: 'device' },
    updatedAt: now,
  };
}

/** Name and platform can only come from the device itself here; all else that it says stays in `reported`. */
function newDevice(clock: Clock, token: JoinToken, facts: AgentFacts, now: number): Device | JoinRefusal {
  if (!isPlatform(facts.platform)) return 'platform-unknown';
  return {
    ...blankDevice({ id: newId<DeviceId>(clock), deviceName: facts.deviceName, platform: facts.platform, now }),
    primaryUserId: token.userId as UserId | null,
    sources: { deviceName: 'device', platform: 'device', enrolledAt: 'device' },
    reported: reportedFacts(facts),
    enrolledAt: now,
    lastCheckIn: now,
  };
}
