import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { fieldChanges } from '../events/field-change.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import { readWorkload, unknownWorkload } from './co-management-workload.ts';
import type { Device, DeviceId, SaidOfDevice } from './device.ts';
import type { DeviceStore } from './device-store.ts';
import type { DirtyQueue } from './dirty-queue.ts';
import { managementFits, managementHint } from './platform.ts';
import { sayOfDevice } from './say-of-device.ts';
import type { FactSource } from './user.ts';
import type { UserStore } from './user-store.ts';

export type SaveDeviceInput = {
  /** Null: a new device. */
  readonly id: DeviceId | null;
  /** Only what is said: null takes a fact back, absent leaves it. A new device needs a name and a platform. */
  readonly facts: Partial<SaidOfDevice>;
  readonly source: Exclude<FactSource, 'csv' | 'device'>;
  readonly cause: Cause;
};

/**
 * Makes or changes a device and marks it. Saying what is known already writes nothing. Fails with `device-not-found`,
 * `device-name-or-platform-missing`, `management-does-not-fit`, `unknown-workload`, `user-not-found`.
 */
export async function saveDevice(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly users: Pick<UserStore, 'get'>;
    readonly devices: Pick<DeviceStore, 'get' | 'save'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  },
  input: SaveDeviceInput,
): Promise<Device> {
  return deps.transact(async () => {
    const known = input.id === null ? null : await deps.devices.get(input.id, 'to-change');
    if (input.id !== null && known === null) {
      throw new Failure('not-found', 'device-not-found', 'There is no such device.', { device: input.id });
    }
    const said = named(input.facts, known);
    const workload = said.coManagementWorkload ?? null;
    if (workload !== null && readWorkload(workload) === null) throw unknownWorkload(workload);
    const userId = said.primaryUserId ?? null;
    if (userId !== null && (await deps.users.get(userId)) === null) {
      throw new Failure('invalid', 'user-not-found', 'The primary user does not exist.', { user: userId });
    }
    const id = known?.id ?? newId<DeviceId>(deps.clock);
    const { device, changed } = sayOfDevice({ known, id, said, source: input.source, now: deps.clock.now() });
    if (changed.length === 0) return device;
    checkManagement(device);
    await deps.devices.save([device]);
    await deps.dirtyQueue.mark([id]);
    await deps.events.append([
      {
        type: 'directory.changed',
        cause: input.cause,
        subjects: [{ kind: 'device', id, name: device.deviceName }],
        data: {
          change: known === null ? 'created' : 'updated',
          facts: changed,
          changes: fieldChanges(known, device, changed),
        },
      },
    ]);
    return device;
  });
}

function named(facts: Partial<SaidOfDevice>, known: Device | null) {
  const deviceName = facts.deviceName ?? known?.deviceName ?? '';
  const platform = facts.platform ?? known?.platform;
  if (deviceName === '' || platform === undefined) {
    const message = 'A device needs a name and a platform.';
    throw new Failure('invalid', 'device-name-or-platform-missing', message);
  }
  return { ...facts, deviceName, platform };
}

function checkManagement({ platform, management }: Device): void {
  if (managementFits(platform, management)) return;
  throw new Failure('invalid', 'management-does-not-fit', managementHint(platform), { platform, management });
}
