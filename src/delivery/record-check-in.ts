import type { Device } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { EventLog } from '../events/event-log.ts';
import type { AgentFacts } from '../formats/agent/agent-facts.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { deviceCause } from './device-cause.ts';
import type { DeviceCredential, DeviceCredentialStore } from './device-credential.ts';
import { changedFacts, isCompleteInventory, reportedFacts } from './reported-facts.ts';
import { isRotationDue, rotateCredential } from './rotate-credential.ts';

export type RecordCheckInDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly devices: DeviceStore;
  readonly dirty: DirtyQueue;
  readonly credentials: DeviceCredentialStore;
  readonly events: EventLog;
};

export type RecordCheckInInput = {
  readonly device: Device;
  readonly credential: DeviceCredential;
  readonly facts: AgentFacts;
  readonly requestId: string | null;
};

/**
 * That the device called, and what it said of itself; the first complete inventory registers it. New facts mark the
 * device for reconciling. Also hands out a new credential when that is due.
 */
export async function recordCheckIn(
  deps: RecordCheckInDeps,
  input: RecordCheckInInput,
): Promise<{ readonly device: Device; readonly credential: string | null }> {
  const { credential, facts, requestId } = input;
  return deps.transact(async () => {
    const now = deps.clock.now();
    const known = await deps.devices.get(input.device.id, 'to-change');
    if (known === null) throw deviceGone();
    const reported = reportedFacts(facts);
    const changed = changedFacts(known.reported, reported);
    const registers = known.registeredAt === null && known.retiredAt === null && isCompleteInventory(reported);
    const device = registers || changed.length > 0 ? withReport(known, reported, registers, now) : known;
    if (device === known) await deps.devices.touch(known.id, now);
    else {
      await deps.devices.save([device]);
      await deps.dirty.mark([device.id]);
      await deps.events.append([
        {
          type: 'directory.changed',
          cause: deviceCause(device, requestId),
          subjects: [{ kind: 'device', id: device.id }],
          data: { source: 'device', reported: changed, registered: registers },
        },
      ]);
    }
    const secret = isRotationDue(credential, now)
      ? await rotateCredential(deps, { device, credential, requestId })
      : null;
    return { device: { ...device, lastCheckIn: now }, credential: secret };
  });
}

function deviceGone(): Failure {
  return new Failure('unauthenticated', 'device-unknown', 'The device was deleted. Join it again with a new token.');
}

function withReport(known: Device, reported: Device['reported'], registers: boolean, now: number): Device {
  return {
    ...known,
    reported,
    registeredAt: registers ? now : known.registeredAt,
    sources: registers ? { ...known.sources, registeredAt: 'device' } : known.sources,
    lastCheckIn: now,
    updatedAt: now,
  };
}
