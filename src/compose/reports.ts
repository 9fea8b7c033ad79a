import { fence, type Lease } from '../lib/lease.ts';
import { indexCertificates } from '../reporting/index-certificates.ts';
import type { Foundation } from './foundation.ts';

/** A store that was never indexed is, bit by bit. */
const segmentsPerRound = 8;

/** What follows after the fact, so that reports are quick: timed work. */
export function composeReports({ store, clock }: Foundation) {
  return {
    indexCertificates: (lease: Lease) =>
      indexCertificates(
        { ...store, clock, index: store.certificateIndex, source: store.segmentSource },
        { store: store.kind, fence: () => fence(store.leases, lease), most: segmentsPerRound },
      ),
  };
}

export type ReportsFeature = ReturnType<typeof composeReports>;
