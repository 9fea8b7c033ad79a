import { composeErasure } from '../../src/compose/erasure.ts';
import type { Foundation } from '../../src/compose/foundation.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLeases } from '../../src/lib/lease.ts';
import type { SealedStore } from './sealed-store.ts';

/** The erasure feature of a node on this store, which has no devices to bring up to date. */
export function erasureOn(store: SealedStore) {
  const leases = createLeases({ ...store, clock: systemClock, node: 'n' });
  const foundation = { store, clock: systemClock, node: 'n', leases, auditKey: store.key } as unknown as Foundation;
  return composeErasure(foundation, { device: async () => {} });
}
