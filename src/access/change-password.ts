import { hashPassword, verifyPassword } from '../crypto/password-hash.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Bound } from '../lib/bound.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { Administrator } from './administrator.ts';
import type { endSessions } from './end-sessions.ts';
import { normalizedPassword, parseNewPassword } from './password.ts';
import type { PasswordStore } from './password-store.ts';
import type { Session } from './session.ts';
import { subjectOf } from './start-session.ts';

export type ChangePasswordDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly passwords: Pick<PasswordStore, 'get' | 'put'>;
  readonly endSessions: Bound<typeof endSessions>;
  readonly events: Pick<EventLog, 'append'>;
};

/**
 * An administrator's own password: the present one is asked for, unless there is none. All their other sessions end.
 * Failures: `password-wrong`, those of `parseNewPassword`, `sign-in-busy`.
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  input: {
    readonly administrator: Administrator;
    readonly session: Pick<Session, 'id'>;
    /** Null: they have none. */
    readonly present: string | null;
    readonly password: string;
    readonly cause: Cause;
  },
): Promise<void> {
  const { administrator, session, present, cause } = input;
  const password = parseNewPassword(input.password, [administrator.name, administrator.signInName]);
  const known = await deps.passwords.get(administrator.id);
  if (known !== null && (present === null || !(await fits(present, known.hash)))) throw wrong();
  const hash = await hashPassword(password);
  await deps.transact(async () => {
    if ((await deps.passwords.get(administrator.id))?.hash !== known?.hash) throw wrong();
    await deps.passwords.put({ administratorId: administrator.id, hash, changedAt: deps.clock.now() });
    await deps.endSessions({ administrator, which: { but: session.id }, why: 'password-changed', cause });
    await deps.events.append([
      { type: 'access.password-changed', cause, subjects: [subjectOf(administrator)], data: { first: known === null } },
    ]);
  });
}

async function fits(password: string, hash: string): Promise<boolean> {
  return (await verifyPassword(normalizedPassword(password), hash)) !== 'differs';
}

function wrong(): Failure {
  return new Failure('invalid', 'password-wrong', 'This is not your present password.', { field: 'present' });
}
