import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { Administrator } from './administrator.ts';
import type { SessionId, SessionStore } from './session.ts';
import { subjectOf } from './start-session.ts';

export type EndSessionsDeps = {
  readonly transact: Transact;
  readonly sessions: Pick<SessionStore, 'of' | 'remove'>;
  readonly events: Pick<EventLog, 'append'>;
};

/** `one` of them, or all `but` one. */
export type WhichSessions = { readonly one: SessionId } | { readonly but: SessionId | null };

/**
 * Ends sessions of an administrator; answers how many. Failure `session-not-found` for one that is not theirs, or has ended.
 */
export async function endSessions(
  deps: EndSessionsDeps,
  input: {
    readonly administrator: Pick<Administrator, 'id' | 'signInName'>;
    readonly which: WhichSessions;
    /** `signed-out`: they left themselves. */
    readonly why: 'signed-out' | 'ended' | 'password-changed' | 'reset' | 'disabled';
    readonly cause: Cause;
  },
): Promise<number> {
  const { administrator, which, why, cause } = input;
  return deps.transact(async () => {
    const all = await deps.sessions.of(administrator.id);
    const ending = all.filter(({ id }) => ('one' in which ? id === which.one : id !== which.but));
    if ('one' in which && ending.length === 0)
      throw new Failure('not-found', 'session-not-found', 'There is no such session, or it has ended already.', {
        session: which.one,
      });
    if (ending.length === 0) return 0;
    await deps.sessions.remove(ending.map(({ id }) => id));
    await deps.events.append([
      {
        type: why === 'signed-out' ? 'access.signed-out' : 'access.session-ended',
        cause,
        subjects: [subjectOf(administrator)],
        data: why === 'signed-out' ? {} : { reason: why, sessions: ending.length },
      },
    ]);
    return ending.length;
  });
}
