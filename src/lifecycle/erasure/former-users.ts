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
    for (const { type, data, subjects } of some)
      if (type === 'directory.changed' && names(JSON.parse(data), wanted))
        for (const { kind, id } of JSON.parse(subjects) as { kind: string; id: string }[])
          if (kind === 'user') found.add(id);
    if (through === null) return [...found];
    after = through;
    await nextTask();
  }
}

function names(data: { userPrincipalName?: unknown; changes?: unknown }, wanted: string): boolean {
  const is = (value: unknown) => typeof value === 'string' && value.toLowerCase() === wanted;
  if (is(data.userPrincipalName)) return true;
  if (!Array.isArray(data.changes)) return false;
  return data.changes.some(
    (change) => change?.field === 'userPrincipalName' && (is(change.before) || is(change.after)),
  );
}
