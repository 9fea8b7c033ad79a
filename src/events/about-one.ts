/**
 * An import changes many objects, and a row for each would cost it as much as the change itself. So one event tells of a
 * hundred: it has all of them as subjects, and what changed of each in `changesOf` by its id.
 */
import type { Event, Subject } from './event.ts';
import type { FieldChange } from './field-change.ts';

/** The event as it reads for one of its subjects. */
export function aboutOne<E extends Pick<Event, 'subjects' | 'data'>>(event: E, { kind, id }: Subject): E {
  if (event.data.by !== 'import') return event;
  const { changesOf, ...data } = event.data;
  const changes = changesIn(changesOf)[id];
  return {
    ...event,
    subjects: event.subjects.filter((each) => each.kind === kind && each.id === id),
    data: changes === undefined ? data : { ...data, changes },
  };
}

/** What changed, by the ids of the subjects. */
export function changesIn(changesOf: unknown): Readonly<Record<string, readonly FieldChange[]>> {
  return typeof changesOf === 'object' && changesOf !== null
    ? (changesOf as Record<string, readonly FieldChange[]>)
    : {};
}
