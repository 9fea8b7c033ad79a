import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Bound } from '../lib/bound.ts';
import { type Clock, day } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { AdministratorId } from './administrator.ts';
import type { AdministratorStore } from './administrator-store.ts';
import type { GrantsOf } from './authenticate-session.ts';
import type { endSessions } from './end-sessions.ts';
import type { PasswordStore } from './password-store.ts';
import type { Principal } from './principal.ts';
import { expectAdministrator, expectWithin } from './save-administrator.ts';
import { hashSignInCode, newSignInCode, type SignInCodeId, type SignInCodeStore } from './sign-in-code.ts';
import { subjectOf } from './start-session.ts';

export type ResetAdministratorDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly administrators: Pick<AdministratorStore, 'get'>;
  readonly passwords: Pick<PasswordStore, 'remove'>;
  readonly signInCodes: Pick<SignInCodeStore, 'insert' | 'cancel'>;
  readonly verbs: { readonly endSessions: Bound<typeof endSessions>; readonly grantsOf: GrantsOf };
  readonly events: Pick<EventLog, 'append'>;
};

/** How long a code for an administrator is good. */
export const signInCodeLifetime = 3 * day;

/**
 * A code by which an administrator signs in once, to choose a password or add a passkey: for a new one, or one who has lost
 * theirs. Password and sessions end; passkeys stay, each of which can be taken away by itself. The code is in the answer and
 * nowhere else. Failures `administrator-not-found`, `beyond-own-rights`: whoever has the code may do what its owner may.
 */
export async function resetAdministrator(
  deps: ResetAdministratorDeps,
  input: {
    readonly id: AdministratorId;
    /** Null: whoever has the machine. */
    readonly by: Principal | null;
    readonly cause: Cause;
  },
): Promise<{ readonly code: string; readonly expiresAt: number }> {
  const code = newSignInCode();
  return deps.transact(async () => {
    const known = await expectAdministrator(deps.administrators, input.id, null);
    await expectWithin(deps.verbs, input.by, known);
    const now = deps.clock.now();
    const expiresAt = now + signInCodeLifetime;
    await deps.passwords.remove(known.id);
    await deps.signInCodes.cancel(known.id);
    await deps.signInCodes.insert({
      id: newId<SignInCodeId>(deps.clock),
      administratorId: known.id,
      secretHash: hashSignInCode(code),
      createdAt: now,
      expiresAt,
    });
    await deps.verbs.endSessions({ administrator: known, which: { but: null }, why: 'reset', cause: input.cause });
    await deps.events.append([
      { type: 'access.administrator-reset', cause: input.cause, subjects: [subjectOf(known)], data: { expiresAt } },
    ]);
    return { code, expiresAt };
  });
}
