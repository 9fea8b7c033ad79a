import type { Device } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import { reportFacts, saysNew } from '../directory/report-facts.ts';
import type { EventLog } from '../events/event-log.ts';
import type { AgentFacts } from '../formats/agent/agent-facts.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { deviceCause } from './device-cause.ts';
import type { DeviceCredential, DeviceCredentialStore } from './device-credential.ts';
import { isCompleteInventory, reportedFacts } from './reported-facts.ts';
import { isRotationDue, rotateCredential } from './rotate-credential.ts';

export type RecordCheckInDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly devices: DeviceStore;
  readonly dirtyQueue: DirtyQueue;
  readonly credentials: DeviceCredentialStore;
  readonly events: EventLog;
};

export type RecordCheckInInput = {
  readonly device: Device;
  readonly credential: DeviceCredential;
  readonly facts: AgentFacts;
  readonly requestId: string | null;
};

/** Whether there is anything to record but the time; `input.device` as it was just now. */
export function bringsNews({ device, credential, facts }: Omit<RecordCheckInInput, 'requestId'>, now: number): boolean {
  const reported = reportedFacts(facts);
  return saysNew(device, { reported, complete: isCompleteInventory(reported) }) || isRotationDue(credential, now);
}

/**
 * That the device called, and what it said of itself; the first complete inventory registers it. New facts mark the
 * device for reconciling. Also hands out a new credential when that is due.
 */
export async function recordCheckIn(
  deps: RecordCheckInDeps,
  input: RecordCheckInInput,
): Promise<{ readonly device: Device; readonly credential: string | null }> {
  const { credential, requestId } = input;
  const reported = reportedFacts(input.facts);
  return deps.transact(async () => {
    const device = await reportFacts(deps, {
      deviceId: input.device.id,
      reported,
      complete: isCompleteInventory(reported),
      cause: deviceCause(input.device, requestId),
    });
    if (device === null) throw deviceGone();
    const secret = isRotationDue(credential, deps.clock.now())
      ? await rotateCredential(deps, { device, credential, requestId })
      : null;
    return { device, credential: secret };
  });
}

function deviceGone(): Failure {
  return new Failure('unauthenticated', 'device-unknown', 'The device was deleted. Join it again with a new token.');
}
