import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { day, second } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { Cadence, CadenceStore } from './cadence.ts';

const shortest = 10 * second;
const longest = 30 * day;

/**
 * Sets how often agents check in; null goes back to the platforms' defaults. Every connected agent wakes by it, since the
 * cadence is part of its wake version. Failure `invalid` `cadence-out-of-range` or `cadence-out-of-order`.
 */
export async function saveCadence(
  deps: { readonly transact: Transact; readonly cadence: CadenceStore; readonly events: EventLog },
  input: { readonly cadence: Cadence | null; readonly cause: Cause },
): Promise<void> {
  if (input.cadence !== null) checkCadence(input.cadence);
  await deps.transact(async () => {
    const { cadence } = input;
    const before = { cadence: await deps.cadence.get() };
    await deps.cadence.put(cadence);
    await deps.events.append([
      {
        type: 'device.cadence-changed',
        cause: input.cause,
        subjects: [],
        data: { cadence, before, after: { cadence } },
      },
    ]);
  });
}

function checkCadence(cadence: Cadence): void {
  for (const every of [cadence.steady, ...cadence.early.map((phase) => phase.every)])
    if (!Number.isInteger(every) || every < shortest || every > longest)
      throw new Failure(
        'invalid',
        'cadence-out-of-range',
        'Agents check in at most every 10 seconds and at least every 30 days. Give whole milliseconds in that range.',
        { every, shortest, longest },
      );
  let last = 0;
  for (const { until } of cadence.early) {
    if (!Number.isInteger(until) || until <= last)
      throw new Failure(
        'invalid',
        'cadence-out-of-order',
        'Each early phase must end after the one before it. Put them in order of time.',
        { until },
      );
    last = until;
  }
}
