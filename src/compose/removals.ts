import { systemCause } from '../events/event.ts';
import type { JobKinds } from '../jobs/job-kind.ts';
import { type Clock, day, second } from '../lib/clock.ts';
import type { Lease } from '../lib/lease.ts';
import { nextTask } from '../lib/next-task.ts';
import { type Decided, decideRemovals } from '../lifecycle/decide-removals.ts';
import { slowWindowOf } from '../lifecycle/mass-removal.ts';
import { type ReconcileDeps, reconcileConfirmed } from '../lifecycle/reconcile.ts';
import { remindOfRemovals } from '../lifecycle/remind-of-removals.ts';
import { removalJob, removalJobKind } from '../lifecycle/removal-job.ts';
import { revokeDueRemovals } from '../lifecycle/revoke-due-removals.ts';
import type { AuthorityFeature } from './authority.ts';
import type { Foundation } from './foundation.ts';
import { revoking } from './with-crls.ts';

export type RemovalFeature = AsyncDisposable & {
  /** When the queue was seen empty. */
  readonly decide: () => Promise<Decided>;
  /** Revokes all that is due by now, soon; cheap, never throws. */
  readonly revocations: { notify(): void; settled(): Promise<void> };
  readonly jobKinds: JobKinds;
  /** Those that are over. */
  readonly forget: () => Promise<number>;
  /** Of those that nobody decides about. */
  readonly remind: (lease: Lease) => Promise<void>;
};

/** Deployments in one transaction. */
const atOnce = 50;
const publishEvery = 15 * second;

export function reconcileDeps({ store, clock }: Pick<Foundation, 'store' | 'clock'>): ReconcileDeps {
  return { ...store, clock, wanted: { ...store, reach: store } };
}

export function composeRemovals(
  foundation: Foundation,
  authority: AuthorityFeature,
  onChange: () => void,
): RemovalFeature {
  const { store, clock, log } = foundation;
  const reconciling = reconcileDeps(foundation);
  const carryOut: Parameters<typeof removalJob>[0]['carryOut'] = (removals, cause) =>
    reconcileConfirmed(reconciling, { removals, cause });
  const { revoke, publish } = revoking(foundation, authority);
  const revocations = untilNone(
    () => revokeDueRemovals({ ...store, clock, revoke }, { limit: atOnce, cause: systemCause }),
    // One list for many: while they are made, and at the end.
    { publish, every: publishEvery, clock },
    (error) => log.error('revoking what was removed failed and will be tried again', error),
  );
  return {
    decide: () => decideRemovals({ ...store, clock, limits: store, carryOut }),
    revocations,
    jobKinds: {
      [removalJobKind]: removalJob({
        ...store,
        carryOut,
        afterBatch: () => {
          revocations.notify();
          onChange();
        },
      }),
    },
    forget: async () => {
      const kept = Math.max(day, slowWindowOf(await store.massRemoval.get()));
      return store.transact(() => store.forgetRemovals(clock.now() - kept));
    },
    remind: async (lease) => {
      for (const { id, occasion, openedAt } of await remindOfRemovals(
        { ...store, clock },
        { lease, cause: systemCause },
      ))
        log.warn('a mass removal waits for somebody to confirm or reject it', { removal: id, occasion, openedAt });
    },
    [Symbol.asyncDispose]: () => revocations[Symbol.asyncDispose](),
  };
}

/** Batch after batch until none is left; asked for meanwhile, it looks once more. */
function untilNone(
  batch: () => Promise<number>,
  lists: { readonly publish: () => Promise<void>; readonly every: number; readonly clock: Pick<Clock, 'monotonic'> },
  onError: (error: unknown) => void,
): RemovalFeature['revocations'] & AsyncDisposable {
  let asked = false;
  let stopped = false;
  let running: Promise<void> | null = null;
  async function drain(): Promise<void> {
    try {
      let published = lists.clock.monotonic();
      while (asked && !stopped) {
        asked = false;
        while (!stopped && (await batch()) > 0) {
          if (lists.clock.monotonic() - published < lists.every) {
            await nextTask();
            continue;
          }
          await lists.publish();
          published = lists.clock.monotonic();
        }
      }
    } finally {
      running = null;
      await lists.publish();
    }
  }
  const start = () => {
    asked = true;
    running ??= drain();
    return running;
  };
  return {
    notify: () => {
      if (!stopped) start().catch(onError);
    },
    settled: async () => {
      if (!stopped) await start();
    },
    [Symbol.asyncDispose]: async () => {
      stopped = true;
      await running?.catch(() => undefined);
    },
  };
}
