import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { fieldChanges } from '../events/field-change.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import { devicesOfMembers } from './devices-of-members.ts';
import type { DirtyQueue } from './dirty-queue.ts';
import type { MembershipGraph } from './membership-graph.ts';
import { sayOfUser } from './say-of-user.ts';
import type { FactSource, User, UserFacts, UserId } from './user.ts';
import type { UserStore } from './user-store.ts';

export type SaveUserInput = {
  /** Null: a new user. */
  readonly id: UserId | null;
  /** Only what is said: null takes a fact back, absent leaves it. A new user needs a userPrincipalName. */
  readonly facts: Partial<UserFacts>;
  readonly source: Exclude<FactSource, 'csv' | 'device'>;
  readonly cause: Cause;
};

/**
 * Makes or changes a user and marks their devices. Saying what is known already writes nothing. Fails with
 * `user-not-found`, `principal-name-taken`, `principal-name-missing`.
 */
export async function saveUser(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly users: Pick<UserStore, 'get' | 'findByPrincipalName' | 'save'>;
    readonly memberships: Pick<MembershipGraph, 'devicesOf'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  },
  input: SaveUserInput,
): Promise<User> {
  return deps.transact(async () => {
    const known = input.id === null ? null : await deps.users.get(input.id, 'to-change');
    if (input.id !== null && known === null) {
      throw new Failure('not-found', 'user-not-found', 'There is no such user.', { user: input.id });
    }
    const userPrincipalName = input.facts.userPrincipalName ?? known?.userPrincipalName ?? '';
    if (userPrincipalName === '') {
      throw new Failure('invalid', 'principal-name-missing', 'A user needs a user principal name.');
    }
    const id = known?.id ?? newId<UserId>(deps.clock);
    const namesake = await deps.users.findByPrincipalName(userPrincipalName);
    if (namesake !== null && namesake.id !== id) {
      const message = `Another user has the user principal name "${userPrincipalName}".`;
      throw new Failure('conflict', 'principal-name-taken', message, { userPrincipalName, user: namesake.id });
    }
    const said = { ...input.facts, userPrincipalName };
    const { user, changed } = sayOfUser({ known, id, said, source: input.source, now: deps.clock.now() });
    if (changed.length === 0) return user;
    await deps.users.save([user]);
    if (known !== null) await deps.dirtyQueue.mark(await devicesOfMembers(deps, [{ kind: 'user', id }]));
    await deps.events.append([
      {
        type: 'directory.changed',
        cause: input.cause,
        subjects: [{ kind: 'user', id, name: user.userPrincipalName }],
        data: {
          change: known === null ? 'created' : 'updated',
          facts: changed,
          changes: fieldChanges(known, user, changed),
        },
      },
    ]);
    return user;
  });
}
