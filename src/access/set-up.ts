/**
 * The first administrator. Whoever reaches a new server first does not own it: they must have the code that it wrote down on
 * its machine.
 */
import { hashPassword } from '../crypto/password-hash.ts';
import { systemCause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Bound } from '../lib/bound.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import { parseAdministratorName, parseSignInName } from './administrator.ts';
import type { AdministratorStore } from './administrator-store.ts';
import type { assignRole } from './assign-role.ts';
import { parseNewPassword } from './password.ts';
import type { PasswordStore } from './password-store.ts';
import { everywhere } from './principal.ts';
import { administratorRole } from './role.ts';
import type { saveAdministrator } from './save-administrator.ts';
import { hashSignInCode, newSignInCode, type SignInCodeId, type SignInCodeStore } from './sign-in-code.ts';
import {
  causeOfStranger,
  type SignInPlace,
  type StartedSession,
  type startSession,
  subjectOf,
} from './start-session.ts';

/** Whether nobody can sign in yet. */
export async function needsSetUp({
  administrators,
}: {
  administrators: Pick<AdministratorStore, 'all'>;
}): Promise<boolean> {
  return (await administrators.all()).length === 0;
}

/** The code is in the answer and nowhere else. Those of other servers on the same store stay good. */
export async function newSetUpCode(deps: {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly signInCodes: Pick<SignInCodeStore, 'insert'>;
}): Promise<string> {
  const code = newSignInCode();
  await deps.transact(() =>
    deps.signInCodes.insert({
      id: newId<SignInCodeId>(deps.clock),
      administratorId: null,
      secretHash: hashSignInCode(code),
      createdAt: deps.clock.now(),
      expiresAt: null,
    }),
  );
  return code;
}

export type SetUpDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly administrators: Pick<AdministratorStore, 'all' | 'lock'>;
  readonly passwords: Pick<PasswordStore, 'put'>;
  readonly signInCodes: Pick<SignInCodeStore, 'findBySecretHash' | 'use' | 'cancel'>;
  readonly verbs: {
    readonly saveAdministrator: Bound<typeof saveAdministrator>;
    readonly startSession: Bound<typeof startSession>;
    readonly assignRole: Bound<typeof assignRole>;
  };
  readonly events: Pick<EventLog, 'append'>;
};

/**
 * Makes the first administrator and signs them in; afterwards no set-up code is good any more. What is wrong with name or
 * password leaves the code as it is. Failures: `set-up-code-wrong`, `already-set-up`, those of the parsers, `sign-in-busy`.
 */
export async function setUp(
  deps: SetUpDeps,
  input: {
    readonly code: string;
    readonly name: string;
    readonly signInName: string;
    readonly password: string;
    readonly place: SignInPlace;
  },
): Promise<StartedSession> {
  const code = await deps.signInCodes.findBySecretHash(hashSignInCode(input.code));
  if (!(await needsSetUp(deps))) throw alreadySetUp();
  if (code === null || code.administratorId !== null) throw wrongCode();
  const name = parseAdministratorName(input.name);
  const signInName = parseSignInName(input.signInName);
  const hash = await hashPassword(parseNewPassword(input.password, [name, signInName]));
  return deps.transact(async () => {
    await deps.administrators.lock();
    if (!(await needsSetUp(deps))) throw alreadySetUp();
    if (!(await deps.signInCodes.use(code.id))) throw wrongCode();
    await deps.signInCodes.cancel(null);
    const administrator = await deps.verbs.saveAdministrator({
      id: null,
      version: null,
      name,
      signInName,
      state: 'active',
      by: null,
      cause: systemCause,
    });
    const { id } = administrator;
    await deps.verbs.assignRole({
      roleId: administratorRole,
      members: [{ kind: 'administrator', id }],
      scope: everywhere,
      by: { kind: 'administrator', id, name: signInName, grants: [{ permissions: 'all', scope: everywhere }] },
      cause: systemCause,
    });
    await deps.passwords.put({ administratorId: administrator.id, hash, changedAt: deps.clock.now() });
    const cause = causeOfStranger(input.place);
    await deps.events.append([
      { type: 'access.set-up', cause, subjects: [subjectOf(administrator)], data: { signInName } },
    ]);
    return deps.verbs.startSession({ administrator, method: 'code', place: input.place, provider: null });
  });
}

function wrongCode(): Failure {
  const message =
    'This is not the set-up code. It stands in the file “setup-code” in the server’s data directory, and where the server was started.';
  return new Failure('unauthenticated', 'set-up-code-wrong', message, { field: 'code' });
}

function alreadySetUp(): Failure {
  const message = 'This server has an administrator already. Sign in; who cannot any more: scepward admin reset.';
  return new Failure('conflict', 'already-set-up', message);
}
