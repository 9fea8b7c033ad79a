import { hashPassword } from '../crypto/password-hash.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Bound } from '../lib/bound.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { Administrator } from './administrator.ts';
import type { AdministratorStore } from './administrator-store.ts';
import { parseNewPassword } from './password.ts';
import type { PasswordStore } from './password-store.ts';
import { hashSignInCode, type SignInCode, type SignInCodeStore } from './sign-in-code.ts';
import {
  causeOfAdministrator,
  type SignInPlace,
  type StartedSession,
  type startSession,
  subjectOf,
} from './start-session.ts';

export type SignInByCodeDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly administrators: Pick<AdministratorStore, 'get'>;
  readonly passwords: Pick<PasswordStore, 'put'>;
  readonly signInCodes: Pick<SignInCodeStore, 'findBySecretHash' | 'use'>;
  readonly startSession: Bound<typeof startSession>;
  readonly events: Pick<EventLog, 'append'>;
};

/**
 * A one-time code gives a session, and the password that comes with it becomes the administrator's; without one they add a
 * passkey. A refused password leaves the code as it is. Failures: `sign-in-code-wrong` (unknown, used, expired, or of
 * somebody disabled), those of `parseNewPassword`, `sign-in-busy`.
 */
export async function signInByCode(
  deps: SignInByCodeDeps,
  input: { readonly code: string; readonly password: string | null; readonly place: SignInPlace },
): Promise<StartedSession> {
  const { code, administrator } = await expectCode(deps, input.code);
  const password =
    input.password === null ? null : parseNewPassword(input.password, [administrator.name, administrator.signInName]);
  const hash = password === null ? null : await hashPassword(password);
  return deps.transact(async () => {
    if (!(await deps.signInCodes.use(code.id))) throw wrongCode();
    if ((await deps.administrators.get(administrator.id))?.state !== 'active') throw wrongCode();
    const started = await deps.startSession({ administrator, method: 'code', place: input.place, provider: null });
    if (hash !== null) {
      await deps.passwords.put({ administratorId: administrator.id, hash, changedAt: deps.clock.now() });
      const cause = causeOfAdministrator(administrator, input.place);
      await deps.events.append([
        { type: 'access.password-changed', cause, subjects: [subjectOf(administrator)], data: { first: true } },
      ]);
    }
    return started;
  });
}

async function expectCode(
  { signInCodes, administrators, clock }: SignInByCodeDeps,
  typed: string,
): Promise<{ readonly code: SignInCode; readonly administrator: Administrator }> {
  const code = await signInCodes.findBySecretHash(hashSignInCode(typed));
  if (code?.administratorId == null || (code.expiresAt !== null && code.expiresAt <= clock.now())) throw wrongCode();
  const administrator = await administrators.get(code.administratorId);
  if (administrator?.state !== 'active') throw wrongCode();
  return { code, administrator };
}

function wrongCode(): Failure {
  const message = 'This code is wrong, was used before, or has expired. Ask for a new one: scepward admin reset.';
  return new Failure('unauthenticated', 'sign-in-code-wrong', message, { field: 'code' });
}
