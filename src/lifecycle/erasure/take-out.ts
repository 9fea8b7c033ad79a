/** Goes through everything that is kept and takes a person out of it, or only counts where they stand. */
import type { StoredEvent } from '../../events/seal/event-text.ts';
import type { StoredEvents } from '../../events/seal/seal-chain.ts';
import { nextTask } from '../../lib/next-task.ts';
import { pseudonymOf, type Traces } from './erasure.ts';
import {
  type PersonalRow,
  type PersonalTexts,
  type SoughtPerson,
  type TextPlace,
  textPlaces,
} from './personal-texts.ts';
import { type Redactor, redactor } from './redact.ts';

export type TakeOutDeps = {
  readonly personalTexts: PersonalTexts;
  readonly storedEvents: Pick<StoredEvents, 'about' | 'containing'>;
  /** Null: count only. */
  readonly write: {
    /** A transaction that is ours alone (`fence`). */
    readonly publish: <T>(work: () => Promise<T>) => Promise<T>;
    /** Answers how many were changed. */
    readonly rewriteEvents: (ids: readonly string[], rewrite: (event: StoredEvent) => StoredEvent) => Promise<number>;
  } | null;
};

const eventsAtOnce = 250;
const rowsAtOnce = 200;

/** How many events and rows of each place were changed, or would be. What was taken out already is counted no more. */
export async function takeOut(
  deps: TakeOutDeps,
  { userId, traces }: { readonly userId: string; readonly traces: Traces },
): Promise<Record<TextPlace | 'events', number>> {
  const redact = redactor(traces, pseudonymOf(userId), userId);
  const person: SoughtPerson = { userId, deviceIds: traces.deviceIds, texts: redact.texts };
  const counts = Object.fromEntries(['events', ...textPlaces].map((place) => [place, 0])) as Record<
    TextPlace | 'events',
    number
  >;
  counts.events = await fromEvents(deps, redact, person);
  for (const place of textPlaces) counts[place] = await fromPlace(deps, place, redact, person);
  await deps.write?.publish(() => deps.personalTexts.forget(person));
  return counts;
}

async function fromEvents(
  { storedEvents, write }: TakeOutDeps,
  redact: Redactor,
  person: SoughtPerson,
): Promise<number> {
  const seen = new Set<string>();
  const change = async (events: readonly StoredEvent[], about: boolean) => {
    const rewrite = (event: StoredEvent) => redact.event(event, about);
    const ids = events.filter((event) => !seen.has(event.id) && rewrite(event) !== event).map(({ id }) => id);
    if (write === null) {
      for (const id of ids) seen.add(id);
      return ids.length;
    }
    let changed = 0;
    for (let at = 0; at < ids.length; at += eventsAtOnce)
      changed += await write.rewriteEvents(ids.slice(at, at + eventsAtOnce), rewrite);
    return changed;
  };
  let count = 0;
  for (let after = ''; ; ) {
    const events = await storedEvents.about([person.userId, ...person.deviceIds], after, eventsAtOnce);
    count += await change(events, true);
    if (events.length < eventsAtOnce) break;
    after = events.at(-1)?.id ?? after;
    await nextTask();
  }
  if (person.texts.length === 0) return count;
  for (let after = ''; ; ) {
    const { events, through } = await storedEvents.containing(person.texts, after);
    count += await change(events, false);
    if (through === null) return count;
    after = through;
    await nextTask();
  }
}

async function fromPlace(
  { personalTexts, write }: TakeOutDeps,
  place: TextPlace,
  redact: Redactor,
  person: SoughtPerson,
): Promise<number> {
  let count = 0;
  for (let after: string | number | null = null; ; ) {
    const { rows, through } = await personalTexts.find(place, person, after);
    const changed = rows.flatMap((row) => redacted(row, redact, place));
    for (let at = 0; at < changed.length && write !== null; at += rowsAtOnce)
      await write.publish(() => personalTexts.replace(place, changed.slice(at, at + rowsAtOnce)));
    count += changed.length;
    if (through === null) return count;
    after = through;
    await nextTask();
  }
}

/** Places of many persons at once say by the unique names which lines are whose. */
const ofMany: ReadonlySet<TextPlace> = new Set(['certificateTexts', 'jobs', 'jobFailures', 'webhookDeliveries']);

function redacted(row: PersonalRow, redact: Redactor, place: TextPlace): PersonalRow[] {
  const about = !ofMany.has(place);
  const texts = row.texts.map(({ kind, text }) => ({
    kind,
    text: text === null ? null : kind === 'json' ? redact.json(text, about) : redact.text(text, about),
  }));
  return texts.some(({ text }, at) => text !== row.texts[at]?.text) ? [{ key: row.key, texts }] : [];
}
