import type { DeviceId } from '../directory/device.ts';
import { type Cause, systemCause } from '../events/event.ts';
import type { Clock } from '../lib/clock.ts';
import {
  type ReconcileCounts,
  type ReconcileDeps,
  reconcile,
  reconcileDevice,
  reconcileDeviceWithin,
} from './reconcile.ts';
import { type ReconcilePace, steadyPace } from './reconcile-pace.ts';

export type ReconcileLoop = AsyncDisposable & {
  /** Something was marked: look at the queue soon. Cheap, never throws, and many calls are one. */
  notify(): void;
  /** Resolves when the queue was seen empty after this call; rejects when the pass that serves it fails. */
  settled(): Promise<void>;
  /** Brings one device up to date, if it is marked, whatever else stands in the queue. */
  device(deviceId: DeviceId): Promise<void>;
  /** The same as part of the caller's transaction; nobody is woken, because nothing has happened yet. */
  deviceWithin(deviceId: DeviceId): Promise<void>;
};

export type ReconcileLoopOptions = {
  /** Devices per transaction, and what comes between two. */
  readonly pace?: ReconcilePace;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly cause?: Cause;
  /** After each batch that did something. */
  readonly onBatch?: (counts: ReconcileCounts) => void;
  /** The queue was seen empty: all that changed is known. Part of the pass. */
  readonly onEmpty?: () => Promise<unknown>;
  /** A pass failed; the queue keeps its marks and the next `notify` tries again. */
  readonly onError: (error: unknown) => void;
};

/**
 * Reconciles until the queue is empty, then sleeps until `notify`. It never polls: marks of other nodes are picked up by
 * whoever calls `notify` on a schedule. Disposing waits for the batch that is under way.
 */
export function startReconcileLoop(deps: ReconcileDeps, options: ReconcileLoopOptions): ReconcileLoop {
  const { pace = steadyPace(200), cause = systemCause, clock } = options;
  let stopped = false;
  let wanted = false;
  let running: Promise<void> | null = null;

  async function drain(): Promise<void> {
    try {
      while (wanted && !stopped) {
        wanted = false;
        for (;;) {
          const began = clock.monotonic();
          const counts = await reconcile(deps, { limit: pace.size(), cause });
          if (counts.devices === 0 || stopped) break;
          options.onBatch?.(counts);
          await pace.rest(counts.devices, clock.monotonic() - began);
        }
        if (!stopped) await options.onEmpty?.();
      }
    } finally {
      // Here and not in a callback: a `notify` between the last look and that callback would be lost.
      running = null;
    }
  }

  function start(): Promise<void> {
    wanted = true;
    running ??= drain();
    return running;
  }

  return {
    notify: () => {
      if (!stopped) start().catch(options.onError);
    },
    settled: async () => {
      if (!stopped) await start();
    },
    device: async (deviceId) => {
      const counts = await reconcileDevice(deps, { deviceId, cause });
      if (counts.devices > 0) options.onBatch?.(counts);
    },
    deviceWithin: async (deviceId) => {
      await reconcileDeviceWithin(deps, { deviceId, cause });
    },
    [Symbol.asyncDispose]: async () => {
      stopped = true;
      await running?.catch(() => undefined);
    },
  };
}
