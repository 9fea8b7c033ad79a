/**
 * Where connected agents wait for news (the long poll behind `/device/v1/wake`). `wake` reaches those that wait here at
 * once; what another node did is found by comparing versions in the store every few seconds, all waiting devices in one go.
 */
import type { DeviceId } from '../directory/device.ts';
import type { WakeAnswer } from '../formats/agent/wake-message.ts';
import { second } from '../lib/clock.ts';
import type { Channel } from './channel.ts';

export type WakeBoard = Channel &
  AsyncDisposable & {
    /**
     * Answers when the device's version is another than `known`, or unchanged after `patience`, on `signal`, or when the
     * board closes.
     */
    wait(deviceId: DeviceId, known: string, signal: AbortSignal): Promise<WakeAnswer>;
    /** Has these devices check in although nothing has changed: an administrator asked for it. Best effort, as `wake`. */
    summon(deviceIds: readonly DeviceId[]): void;
    /** Every waiting device, for what concerns all. */
    wakeAll(): void;
    readonly waiting: number;
  };

/** `setTimeout`, for tests to replace: runs `work` after `delay` ms, unless the function it returns is called before. */
export type Schedule = (delay: number, work: () => void) => () => void;

export type WakeBoardOptions = {
  readonly versions: (deviceIds: readonly DeviceId[]) => Promise<ReadonlyMap<DeviceId, string>>;
  /** ms between comparisons with the store. Default 3 s. */
  readonly interval?: number;
  /** ms that one question is held at most; below what proxies allow. Default 50 s. */
  readonly patience?: number;
  readonly schedule?: Schedule;
  /** A comparison that failed; the next one is tried all the same. */
  readonly onError?: (error: unknown) => void;
};

type Waiter = { readonly deviceId: DeviceId; readonly known: string; answer(version: string, changed?: boolean): void };

const chunk = 500;

export function createWakeBoard(options: WakeBoardOptions): WakeBoard {
  const { versions, interval = 3 * second, patience = 50 * second, schedule = systemSchedule } = options;
  const waiters = new Map<DeviceId, Set<Waiter>>();
  /** The one chain of comparisons; null while nobody waits. */
  let polling: { stop: () => void } | null = null;
  let closed = false;

  async function compare(deviceIds: readonly DeviceId[]): Promise<void> {
    for (let at = 0; at < deviceIds.length; at += chunk) {
      const found = await versions(deviceIds.slice(at, at + chunk));
      for (const [deviceId, version] of found)
        for (const waiter of waiters.get(deviceId) ?? []) if (waiter.known !== version) waiter.answer(version);
    }
  }

  function look(deviceIds: readonly DeviceId[]): Promise<void> {
    return compare(deviceIds).catch((error: unknown) => options.onError?.(error));
  }

  function poll(): void {
    const chain = { stop: () => {} };
    const next = (): void => {
      chain.stop = schedule(interval, () => {
        void look([...waiters.keys()]).then(() => {
          // While it looked everybody may have left, and others come, for whom another chain was begun.
          if (polling === chain) next();
        });
      });
    };
    polling = chain;
    next();
  }

  return {
    name: 'agent',
    wake(deviceIds) {
      const here = deviceIds.filter((id) => waiters.has(id));
      if (here.length > 0) void look(here);
    },
    summon(deviceIds) {
      for (const id of deviceIds) for (const waiter of [...(waiters.get(id) ?? [])]) waiter.answer(waiter.known, true);
    },
    wakeAll() {
      void look([...waiters.keys()]);
    },
    get waiting() {
      let count = 0;
      for (const set of waiters.values()) count += set.size;
      return count;
    },
    async wait(deviceId, known, signal) {
      const now = (await versions([deviceId])).get(deviceId) ?? known;
      if (now !== known || closed || signal.aborted) return { version: now, changed: now !== known };
      return new Promise<WakeAnswer>((resolve) => {
        const end = (): void => waiter.answer(known);
        const cancel = schedule(patience, end);
        const waiter: Waiter = {
          deviceId,
          known,
          answer(version, changed = version !== known) {
            cancel();
            signal.removeEventListener('abort', end);
            const set = waiters.get(deviceId);
            set?.delete(waiter);
            if (set?.size === 0) waiters.delete(deviceId);
            if (waiters.size === 0) {
              polling?.stop();
              polling = null;
            }
            resolve({ version, changed });
          },
        };
        signal.addEventListener('abort', end);
        const set = waiters.get(deviceId) ?? new Set();
        waiters.set(deviceId, set.add(waiter));
        if (polling === null) poll();
      });
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const set of [...waiters.values()]) for (const waiter of [...set]) waiter.answer(waiter.known);
    },
  };
}

function systemSchedule(delay: number, work: () => void): () => void {
  const timer = setTimeout(work, delay);
  return () => clearTimeout(timer);
}
