import { composeErasure } from '../../src/compose/erasure.ts';
import type { Foundation } from '../../src/compose/foundation.ts';
import { reconcileDeps } from '../../src/compose/removals.ts';
import type { DeviceId } from '../../src/directory/device.ts';
import { systemCause } from '../../src/events/event.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLeases } from '../../src/lib/lease.ts';
import { reconcileDevice } from '../../src/lifecycle/reconcile.ts';
import type { SealedStore } from './sealed-store.ts';

/** The erasure feature of a node on this store. */
export function erasureOn(store: SealedStore) {
  const leases = createLeases({ ...store, clock: systemClock, node: 'n' });
  const foundation = { store, clock: systemClock, node: 'n', leases, auditKey: store.key } as unknown as Foundation;
  const reconciling = reconcileDeps({ store, clock: systemClock });
  const device = async (deviceId: DeviceId) =>
    void (await reconcileDevice(reconciling, { deviceId, cause: systemCause }));
  return composeErasure(foundation, { device });
}
