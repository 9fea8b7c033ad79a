/** What happened to one device, newest first: events about it and the SCEP requests of its deployments, in one list. */
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { DeviceId } from '../directory/device.ts';
import type { Event } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { ScepTransaction, ScepTransactionLog } from '../events/scep-transaction.ts';
import { Failure } from '../lib/failure.ts';
import type { Page, PageRequest } from '../lib/page.ts';

export type TimelineEntry =
  | { readonly kind: 'event'; readonly at: number; readonly event: Event }
  | { readonly kind: 'scep'; readonly at: number; readonly transaction: ScepTransaction };

export type DeviceTimelineDeps = {
  readonly events: Pick<EventLog, 'list'>;
  readonly deployments: Pick<DeploymentStore, 'byDevices'>;
  readonly scepTransactions: Pick<ScepTransactionLog, 'listByDeployment'>;
};

/** SCEP requests of one deployment that a timeline reaches back to. */
const reach = 200;

/**
 * `page.limit` counts events; the SCEP requests of the same span of time come with them. Failure `bad-cursor`.
 */
export async function deviceTimeline(
  deps: DeviceTimelineDeps,
  input: { readonly deviceId: DeviceId; readonly page: PageRequest },
): Promise<Page<TimelineEntry>> {
  const { deviceId } = input;
  const { before, cursor } = readCursor(input.page.cursor);
  const subject = { kind: 'device', id: deviceId } as const;
  const events = await deps.events.list({ subject, types: null }, { limit: input.page.limit, cursor });
  const from = events.next === null ? Number.NEGATIVE_INFINITY : (events.items.at(-1)?.at ?? before);
  const entries: TimelineEntry[] = events.items.map((event) => ({ kind: 'event', at: event.at, event }));
  for (const { id } of await deps.deployments.byDevices([deviceId]))
    for (const transaction of await deps.scepTransactions.listByDeployment(id, reach))
      if (transaction.at >= from && transaction.at < before)
        entries.push({ kind: 'scep', at: transaction.at, transaction });
  entries.sort((a, b) => b.at - a.at || (idOf(a) < idOf(b) ? 1 : -1));
  return { items: entries, next: events.next === null ? null : `${from}.${events.next}` };
}

function idOf(entry: TimelineEntry): string {
  return entry.kind === 'event' ? entry.event.id : entry.transaction.id;
}

/** The time of the oldest event shown so far, and the event log's own cursor. */
function readCursor(cursor: string | null): { readonly before: number; readonly cursor: string | null } {
  if (cursor === null) return { before: Number.POSITIVE_INFINITY, cursor: null };
  const match = /^(\d{1,16})\.(.+)$/.exec(cursor);
  if (match === null)
    throw new Failure('invalid', 'bad-cursor', 'The cursor is not one that this list handed out. Start without one.');
  return { before: Number(match[1]), cursor: match[2] ?? null };
}
