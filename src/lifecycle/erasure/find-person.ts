import type { User, UserFacts, UserId } from '../../directory/user.ts';
import type { UserStore } from '../../directory/user-store.ts';
import type { Event } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import { Failure } from '../../lib/failure.ts';
import { isId } from '../../lib/ids.ts';
import { personalFacts, type Traces, tracesOf } from './erasure.ts';
import type { PersonalTexts } from './personal-texts.ts';

export type FindPersonDeps = {
  readonly users: Pick<UserStore, 'get' | 'findByPrincipalName'>;
  readonly events: Pick<EventLog, 'list'>;
  readonly personalTexts: Pick<PersonalTexts, 'devicesOf'>;
  /** Ids of users that events name so: of those that the directory has forgotten. */
  readonly formerUsers: (userPrincipalName: string) => Promise<readonly string[]>;
};

export type Person = {
  readonly userId: UserId;
  /** Null: removed from the directory before. */
  readonly user: User | null;
  readonly traces: Traces;
};

/**
 * By user principal name or id, also one that the directory knows no more, with all that they were ever called. Failures
 * `user-not-found`, `ambiguous-name`.
 */
export async function findPerson(deps: FindPersonDeps, idOrName: string): Promise<Person> {
  const user =
    (isId(idOrName) ? await deps.users.get(idOrName as UserId) : null) ??
    (await deps.users.findByPrincipalName(idOrName));
  const userId = user?.id ?? (await formerUser(deps, idOrName));
  const former = await formerFacts(deps.events, userId);
  const named: Partial<UserFacts>[] = isId(idOrName) ? [] : [{ userPrincipalName: idOrName }];
  const all = [...(user === null ? named : [user]), ...former];
  return { userId, user, traces: tracesOf(all, await deps.personalTexts.devicesOf(userId)) };
}

async function formerUser(deps: FindPersonDeps, name: string): Promise<UserId> {
  const [found, ...others] = isId(name) ? [] : await deps.formerUsers(name);
  if (found !== undefined && others.length === 0) return found as UserId;
  if (found !== undefined)
    throw new Failure('conflict', 'ambiguous-name', `Several users were called “${name}”. Say which by its id.`, {
      candidates: [found, ...others].map((id) => ({ id, name, detail: 'removed' })),
    });
  throw new Failure('not-found', 'user-not-found', `There is no user “${name}”, and no event names one.`, {
    user: name,
  });
}

/** What events say that facts were. */
async function formerFacts(events: Pick<EventLog, 'list'>, userId: string): Promise<Partial<UserFacts>[]> {
  const found: Partial<UserFacts>[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<EventLog['list']>> = await events.list(
      { subject: { kind: 'user', id: userId }, types: ['directory.changed'] },
      { limit: 200, cursor },
    );
    for (const event of page.items) found.push(...factsIn(event));
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

function factsIn({ subjects, data }: Event): Partial<UserFacts>[] {
  const said: Partial<UserFacts>[] = [];
  for (const { kind, name } of subjects)
    if (kind === 'user' && name !== undefined) said.push({ userPrincipalName: name });
  if (typeof data.userPrincipalName === 'string') said.push({ userPrincipalName: data.userPrincipalName });
  if (!Array.isArray(data.changes)) return said;
  for (const { field, before, after } of data.changes as { field: keyof UserFacts; before: unknown; after: unknown }[])
    if (personalFacts.includes(field))
      for (const value of [before, after]) if (typeof value === 'string') said.push({ [field]: value });
  return said;
}
