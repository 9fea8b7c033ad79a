import type { Cause, NewEvent, Subject } from '../../events/event.ts';
import type { FieldChange } from '../../events/field-change.ts';

/** Objects that one event tells of: few enough for a page of such events, and for a webhook's message. */
const objectsAtOnce = 100;

/** What an import did to objects of a kind, as events about many of them each (`events/about-one.ts`). */
export function importChanges(kind: 'user' | 'group' | 'device', cause: Cause) {
  const created: Subject[] = [];
  const removed: Subject[] = [];
  const updated: (readonly [Subject, readonly FieldChange[]])[] = [];
  const event = (change: 'created' | 'updated' | 'removed', subjects: readonly Subject[], more = {}): NewEvent => ({
    type: 'directory.changed',
    cause,
    subjects,
    data: { change, by: 'import', ...more },
  });
  return {
    /** `changes`: null for one that is new. */
    add({ id, name }: { readonly id: string; readonly name: string }, changes: readonly FieldChange[] | null): void {
      if (changes === null) created.push({ kind, id, name });
      else updated.push([{ kind, id, name }, changes]);
    },
    remove({ id, name }: { readonly id: string; readonly name: string }): void {
      removed.push({ kind, id, name });
    },
    events: (): readonly NewEvent[] => [
      ...slices(created).map((some) => event('created', some)),
      ...slices(updated).map((some) =>
        event(
          'updated',
          some.map(([subject]) => subject),
          { changesOf: Object.fromEntries(some.map(([{ id }, changes]) => [id, changes])) },
        ),
      ),
      ...slices(removed).map((some) => event('removed', some)),
    ],
  };
}

function slices<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / objectsAtOnce) }, (_, at) =>
    items.slice(at * objectsAtOnce, (at + 1) * objectsAtOnce),
  );
}
