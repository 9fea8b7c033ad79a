import { second } from '../lib/clock.ts';
import { type SimulatedDevice, type SimulatedResult, type Simulation, simulateDevice } from './simulated-device.ts';

export type FleetOptions = {
  /** Devices at a time. */
  readonly concurrency: number;
  /** Devices started per second at most; null: as fast as they go. */
  readonly rate: number | null;
  readonly signal?: AbortSignal;
  /** After each device. */
  readonly onProgress?: (progress: FleetProgress) => void;
  readonly sleep: (delay: number) => Promise<void>;
};

export type FleetProgress = {
  readonly done: number;
  readonly total: number;
  readonly enrolled: number;
  readonly failed: number;
};

/** Plays all devices, and answers with one result per certificate, in the order in which devices finish. */
export async function simulateFleet(
  devices: readonly SimulatedDevice[],
  simulation: Simulation,
  options: FleetOptions,
): Promise<readonly SimulatedResult[]> {
  const results: SimulatedResult[] = [];
  const progress = { done: 0, enrolled: 0, failed: 0 };
  const begun = simulation.clock.monotonic();
  let next = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < devices.length && options.signal?.aborted !== true; index = next++) {
      const device = devices[index];
      if (device === undefined) return;
      if (options.rate !== null) {
        const due = begun + (index * second) / options.rate;
        const wait = due - simulation.clock.monotonic();
        if (wait > 0) await options.sleep(wait);
      }
      const found = await simulateDevice(device, simulation, index);
      results.push(...found);
      progress.done += 1;
      for (const { outcome } of found) {
        if (outcome === 'enrolled') progress.enrolled += 1;
        if (outcome === 'failed') progress.failed += 1;
      }
      options.onProgress?.({ ...progress, total: devices.length });
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.concurrency, devices.length) }, work));
  return results;
}
