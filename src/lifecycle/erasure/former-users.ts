import { aboutOne } from '../../events/about-one.ts';
import type { Subject } from '../../events/event.ts';
import type { StoredEvent } from '../../events/seal/event-text.ts';
import type { StoredEvents } from '../../events/seal/seal-chain.ts';
import { nextTask } from '../../lib/next-task.ts';

/** Ids of users that events name so, without regard to case; looks through all of them. */
export async function formerUsers(
  events: Pick<StoredEvents, 'containing'>,
  userPrincipalName: string,
): Promise<readonly string[]> {
  const found = new Set<string>();
  const wanted = userPrincipalName.toLowerCase();
  for (let after = ''; ; ) {
    const { events: some, through } = await events.containing([JSON.stringify(userPrincipalName).slice(1, -1)], after);
    for (const event of some) for (const id of calledSo(event, wanted)) found.add(id);
    if (through === null) return [...found];
    after = through;
    await nextTask();
  }
}

/** The users of an event about the directory who were called so. */
function calledSo({ type, ...event }: Pick<StoredEvent, 'type' | 'subjects' | 'data'>, wanted: string): string[] {
  if (type !== 'directory.changed') return [];
  const subjects = JSON.parse(event.subjects) as Subject[];
  const data = JSON.parse(event.data) as Record<string, unknown>;
  const is = (value: unknown) => typeof value === 'string' && value.toLowerCase() === wanted;
  return subjects.flatMap((subject) => {
    if (subject.kind !== 'user') return [];
    const { changes, userPrincipalName } = aboutOne({ subjects, data }, subject).data;
    const said = Array.isArray(changes) ? changes.filter((change) => change?.field === 'userPrincipalName') : [];
    const names = [subject.name, userPrincipalName, ...said.flatMap(({ before, after }) => [before, after])];
    return names.some(is) ? [subject.id] : [];
  });
}
