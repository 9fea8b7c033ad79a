import { authenticateDevice } from '../delivery/authenticate-device.ts';
import { checkIn } from '../delivery/check-in.ts';
import { createJoinToken } from '../delivery/create-join-token.ts';
import { deliver } from '../delivery/deliver.ts';
import { deviceCause } from '../delivery/device-cause.ts';
import { joinDevice } from '../delivery/join-device.ts';
import { leaveDevice } from '../delivery/leave-device.ts';
import { recentCalls } from '../delivery/recent-calls.ts';
import { recordCheckIn } from '../delivery/record-check-in.ts';
import { report } from '../delivery/report.ts';
import { saveCadence } from '../delivery/save-cadence.ts';
import { takeInventory } from '../delivery/take-inventory.ts';
import { createWakeBoard, type WakeBoard } from '../delivery/wake-board.ts';
import { wakeVersions } from '../delivery/wake-version.ts';
import { attemptLimit } from '../http/attempt-limit.ts';
import { type DeviceAuthorization, deviceAuthorization } from '../http/device/device-authorization.ts';
import type { DeviceUseCases } from '../http/device/routes.ts';
import type { Bound } from '../lib/bound.ts';
import type { ReconcileLoop } from '../lifecycle/reconcile-loop.ts';
import type { Foundation } from './foundation.ts';
import type { LifecycleFeature } from './lifecycle.ts';
import type { OwnAddresses } from './own-addresses.ts';
import { pinnedAnchor, trustAnchors } from './trust-anchors.ts';

export type DeliveryFeature = ReturnType<typeof composeDelivery>;

export function composeWakeBoard({ store, log }: Foundation): WakeBoard {
  return createWakeBoard({
    versions: (deviceIds) => wakeVersions(store, deviceIds),
    onError: (error) => log.error('looking for devices to wake failed', error),
  });
}

export function composeDelivery(
  foundation: Foundation,
  parts: {
    readonly lifecycle: LifecycleFeature;
    readonly reconciling: ReconcileLoop;
    readonly wakeBoard: WakeBoard;
    readonly addresses: OwnAddresses;
  },
) {
  const { store, clock } = foundation;
  const { lifecycle, reconciling, wakeBoard, addresses } = parts;
  const ports = { ...store, clock, certificates: store.installedCertificates };
  const calls = recentCalls(store);
  const devices: DeviceAuthorization = deviceAuthorization((input) => authenticateDevice(ports, input));

  const useCases: DeviceUseCases = {
    anchors: () => trustAnchors(foundation),
    joinDevice: (input) => joinDevice({ ...ports, tokens: store.joinTokens }, input),
    checkIn: (input) =>
      checkIn(
        {
          ...ports,
          steps: {
            recordCheckIn: (input) => recordCheckIn(ports, input),
            noteCall: calls.note,
            isMarked: async (deviceId) => (await store.dirtyQueue.takeOne(deviceId)) !== null,
            takeInventory: (input) => takeInventory(ports, input),
            reconcile: (deviceId) => reconciling.deviceWithin(deviceId),
            deliver: (input) => deliver({ ...ports, ownAddresses: [addresses.publicUrl] }, input),
          },
        },
        input,
      ),
    report: (input) => report(ports, input),
    leaveDevice: async (input) => {
      await lifecycle.retireAndAlso({
        deviceId: input.device.id,
        action: 'unenrol',
        cause: deviceCause(input.device, input.requestId),
        also: () => leaveDevice(ports, input),
      });
    },
    wakeBoard,
    devices,
    joinLimit: attemptLimit({ code: 'too-many-failed-joins', what: 'joins' }),
  };
  return {
    useCases,
    devices,
    /** When devices called that had nothing new to say. */
    writeCalls: calls.write,
    createJoinToken: ((input) =>
      createJoinToken(
        { ...ports, tokens: store.joinTokens, pin: () => pinnedAnchor(foundation) },
        input,
      )) satisfies Bound<typeof createJoinToken>,
    saveCadence: (async (input) => {
      await saveCadence(ports, input);
      wakeBoard.wakeAll();
    }) satisfies Bound<typeof saveCadence>,
  };
}
