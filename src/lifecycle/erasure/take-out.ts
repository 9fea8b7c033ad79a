/** Goes through everything that is kept and takes a person out of it, or only counts where they stand. */
import type { StoredEvent } from '../../events/seal/event-text.ts';
import type { StoredEvents } from '../../events/seal/seal-chain.ts';
import { nextTask } from '../../lib/next-task.ts';
import { pseudonymOf, type Traces } from './erasure.ts';
import {
  type PersonalRow,
  type PersonalText,
  type PersonalTexts,
  type RedactedRow,
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
    /** Inside a transaction: whoever makes deliveries of events as they were before has ended then. */
    readonly settleDeliveries: () => Promise<void>;
  } | null;
};

const eventsAtOnce = 250;
const rowsAtOnce = 200;
/** How often rows that others write meanwhile are looked at again. */
const attempts = 20;

/** How many events and rows of each place were changed, or would be. What was taken out already is counted no more. */
export async function takeOut(
  deps: TakeOutDeps,
  { userId, traces }: { readonly userId: string; readonly traces: Traces },
): Promise<Record<TextPlace | 'events', number>> {
  const redact = redactor(traces, pseudonymOf(userId), userId);
  const certificateIds: string[] = [];
  const person: SoughtPerson = { userId, deviceIds: traces.deviceIds, certificateIds, texts: redact.texts };
  const counts = Object.fromEntries(['events', ...textPlaces].map((place) => [place, 0])) as Record<
    TextPlace | 'events',
    number
  >;
  counts.events = await fromEvents(deps, redact, person);
  await deps.write?.publish(deps.write.settleDeliveries);
  for (const place of textPlaces)
    counts[place] = await fromPlace(deps, place, redact, person, (key) => {
      if (place === 'certificates') certificateIds.push(String(key));
    });
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

/** `onAbout` is told the keys of rows that are about the person, whether they name them or not. */
async function fromPlace(
  { personalTexts, write }: TakeOutDeps,
  place: TextPlace,
  redact: Redactor,
  person: SoughtPerson,
  onAbout: (key: string | number) => void,
): Promise<number> {
  const ofPerson = new Set(person.certificateIds);
  let count = 0;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    let missed = false;
    for (let after: string | number | null = null; ; ) {
      const { rows, through } = await personalTexts.find(place, person, after);
      for (const { key, about } of rows) if (about && attempt === 1) onAbout(key);
      const changed = rows.flatMap((row) => redacted(row, redact, (id) => ofPerson.has(id)));
      for (let at = 0; at < changed.length; at += rowsAtOnce) {
        const some = changed.slice(at, at + rowsAtOnce);
        const done = write === null ? some.length : await write.publish(() => personalTexts.replace(place, some));
        missed ||= done < some.length;
        count += done;
      }
      if (through === null) break;
      after = through;
      await nextTask();
    }
    if (!missed) return count;
  }
  throw new Error(`What names a person among ${place} was written by others at every attempt to take them out.`);
}

function redacted(
  { key, texts, about }: PersonalRow & { readonly about: boolean },
  redact: Redactor,
  isOfPerson: (certificateId: string) => boolean,
): RedactedRow[] {
  const after = texts.map(({ kind, text }): PersonalText => {
    if (text === null) return { kind, text };
    if (kind === 'lines') return { kind, text: redact.lines(text, isOfPerson) };
    return { kind, text: kind === 'json' ? redact.json(text, about) : redact.text(text, about) };
  });
  return after.some(({ text }, at) => text !== texts[at]?.text) ? [{ key, texts: after, before: texts }] : [];
}
