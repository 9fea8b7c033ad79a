import { day, minute } from '../lib/clock.ts';
import { idAt } from '../lib/ids.ts';
import { fence, type Lease } from '../lib/lease.ts';
import { countActivity } from '../reporting/count-activity.ts';
import { indexCertificates } from '../reporting/index-certificates.ts';
import { settledBefore } from '../reporting/settled-before.ts';
import type { Foundation } from './foundation.ts';

/** A store that was never indexed is, bit by bit. */
const segmentsPerRound = 2;
const portionsPerRound = 50;
const worthCounting = 2000;
/** A server that has just started has other things to do than to start a thread for this. */
const patience = 5 * minute;

/** What follows after the fact, so that reports are quick: timed work. */
export function composeReports({ store, clock }: Foundation) {
  const started = clock.monotonic();
  return {
    async countActivity() {
      if (clock.monotonic() - started < patience) return;
      const now = clock.now();
      // Few are read by whoever asks for a report: the thread that counts is not started for them more than once a day.
      const many = await store.activity.areWaiting(settledBefore(store.kind, now), worthCounting);
      if (!many && !(await store.activity.areWaiting(idAt(now - day), 1))) return;
      await countActivity(
        { ...store, clock, source: store.activitySource },
        { store: store.kind, most: portionsPerRound },
      );
    },
    indexCertificates: (lease: Lease) =>
      indexCertificates(
        { ...store, clock, index: store.certificateIndex, source: store.segmentSource, columns: store.segmentColumns },
        { store: store.kind, fence: () => fence(store.leases, lease), most: segmentsPerRound },
      ),
  };
}

export type ReportsFeature = ReturnType<typeof composeReports>;
