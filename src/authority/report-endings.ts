import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { fence, type Lease, type LeaseStore } from '../lib/lease.ts';
import type { Transact } from '../lib/transact.ts';
import type { Ending } from './endings.ts';

/** What was told already, by name; kept among the installation's settings. */
export type ToldEndings = {
  get(): Promise<Readonly<Record<string, Ending['severity']>>>;
  put(told: Readonly<Record<string, Ending['severity']>>): Promise<void>;
};

/**
 * Timed work of one node: an event for each thing that has become worse since the last time (`authority.ending`). What is
 * well again is forgotten, so that the next time is told too. Gives back what was told.
 */
export async function reportEndings(
  deps: {
    readonly endings: () => Promise<readonly Ending[]>;
    readonly told: ToldEndings;
    readonly events: Pick<EventLog, 'append'>;
    readonly leases: Pick<LeaseStore, 'beat'>;
    readonly transact: Transact;
  },
  { lease, cause }: { readonly lease: Lease; readonly cause: Cause },
): Promise<readonly Ending[]> {
  const bad = (await deps.endings()).filter(({ severity }) => severity !== 'ok');
  const before = await deps.told.get();
  const fresh = bad.filter(({ name, severity }) => before[name] !== severity && before[name] !== 'critical');
  const now = Object.fromEntries(bad.map(({ name, severity }) => [name, severity]));
  if (fresh.length === 0 && Object.keys(before).length === Object.keys(now).length) return [];
  await deps.transact(async () => {
    await fence(deps.leases, lease);
    await deps.told.put(now);
    await deps.events.append(
      fresh.map(({ kind, issuer, name, endsAt, severity, fix }) => ({
        type: 'authority.ending' as const,
        cause,
        subjects: [],
        data: { kind, issuer, name, endsAt, severity, fix },
      })),
    );
  });
  return fresh;
}
