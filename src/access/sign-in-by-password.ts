import { hmacSha256 } from '../crypto/hmac.ts';
import { hashPassword, verifyPassword } from '../crypto/password-hash.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Bound } from '../lib/bound.ts';
import { toHex, utf8 } from '../lib/bytes.ts';
import { type Clock, second } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { type Administrator, signInKey } from './administrator.ts';
import type { AdministratorStore } from './administrator-store.ts';
import { normalizedPassword } from './password.ts';
import type { PasswordStore } from './password-store.ts';
import { isNotable, signInDelay, withFailure, withSuccess } from './sign-in-delay.ts';
import type { SignInRecordStore } from './sign-in-record-store.ts';
import {
  causeOfStranger,
  type SignInPlace,
  type StartedSession,
  type startSession,
  subjectOf,
} from './start-session.ts';

export type SignInByPasswordDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  /** The installation's: names that are tried stand in the store as they are for nobody. */
  readonly secret: Uint8Array;
  readonly administrators: Pick<AdministratorStore, 'get' | 'findBySignInName'>;
  readonly passwords: Pick<PasswordStore, 'get' | 'put'>;
  readonly signInRecords: Pick<SignInRecordStore, 'lock' | 'put'>;
  readonly startSession: Bound<typeof startSession>;
  readonly events: Pick<EventLog, 'append'>;
};

export type PasswordSignIn = { readonly signInName: string; readonly password: string; readonly place: SignInPlace };

/**
 * Whoever knows name and password of an active administrator gets a session. A name that nobody has, an administrator without
 * a password or a disabled one take as long and answer as a wrong password does. Failures: `sign-in-failed`,
 * `sign-in-delayed` (with `retryAfter` in seconds), `sign-in-busy`.
 */
export async function signInByPassword(deps: SignInByPasswordDeps, input: PasswordSignIn): Promise<StartedSession> {
  const { transact, clock, administrators, passwords, signInRecords } = deps;
  const { signInName, place } = input;
  const password = normalizedPassword(input.password);
  const keys = recordKeys(deps.secret, signInName, place.network);
  const failures = await countAttempt(deps, keys);
  const known = await administrators.findBySignInName(signInName);
  const stored = known?.state === 'active' ? await passwords.get(known.id) : null;
  const verdict = await verifyPassword(password, stored?.hash ?? (await nobodysHash()));
  if (known === null || stored === null || verdict === 'differs') {
    await transact(() => noteFailure(deps, keys, { known, place, failures }));
    throw signInFailed();
  }
  const fresh = verdict === 'outdated' ? await hashPassword(password) : null;
  return transact(async () => {
    // Hashing takes its time: they may have been disabled, or chosen another password, meanwhile.
    const administrator = await administrators.get(known.id);
    if (administrator?.state !== 'active' || (await passwords.get(known.id))?.hash !== stored.hash)
      throw signInFailed();
    if (fresh !== null) await passwords.put({ ...stored, hash: fresh });
    const [here] = await signInRecords.lock([keys[0]]);
    if (here !== undefined) await signInRecords.put([withSuccess(here, clock.now())]);
    return deps.startSession({ administrator, method: 'password', place, provider: null });
  });
}

export function signInFailed(): Failure {
  return new Failure('unauthenticated', 'sign-in-failed', 'The sign-in name or the password is wrong.');
}

/** Counts it as a failure at its network until it is known to be none. Answers how many there were. */
async function countAttempt(
  { transact, clock, signInRecords }: SignInByPasswordDeps,
  keys: readonly string[],
): Promise<number> {
  return transact(async () => {
    const now = clock.now();
    const [here, everywhere] = await signInRecords.lock(keys);
    if (here === undefined || everywhere === undefined) return 0;
    const delay = signInDelay(here, everywhere, now);
    if (delay > 0) {
      const retryAfter = Math.ceil(delay / second);
      const message = `Too many sign-ins with this name have failed. Try again in ${retryAfter} s, or use a passkey.`;
      throw new Failure('limited', 'sign-in-delayed', message, { retryAfter });
    }
    const counted = withFailure(here, now);
    await signInRecords.put([counted]);
    return counted.failures;
  });
}

async function noteFailure(
  { clock, signInRecords, events }: SignInByPasswordDeps,
  keys: readonly [here: string, everywhere: string],
  of: { readonly known: Administrator | null; readonly place: SignInPlace; readonly failures: number },
): Promise<void> {
  const { known, place, failures } = of;
  const [everywhere] = await signInRecords.lock([keys[1]]);
  if (everywhere !== undefined) await signInRecords.put([withFailure(everywhere, clock.now())]);
  if (!isNotable(failures)) return;
  await events.append([
    {
      type: 'access.sign-in-failed',
      cause: causeOfStranger(place),
      // What was typed in place of a name may be a password: it is written nowhere.
      subjects: known === null ? [] : [subjectOf(known)],
      data: { method: 'password', reason: known === null ? 'unknown-name' : reasonFor(known), failures },
    },
  ]);
}

function reasonFor({ state }: Administrator): string {
  return state === 'disabled' ? 'disabled' : 'wrong-password';
}

function recordKeys(secret: Uint8Array, signInName: string, network: string): readonly [string, string] {
  const hashed = (text: string) => toHex(hmacSha256(secret, utf8(`scepward sign-in record 1\n${text}`)));
  const name = signInKey(signInName);
  return [hashed(`${name}\n${network}`), hashed(name)];
}

let made: Promise<string> | undefined;

/** Fits nothing, and takes as long as any. */
function nobodysHash(): Promise<string> {
  made ??= hashPassword(crypto.randomUUID()).catch((error: unknown) => {
    made = undefined;
    throw error;
  });
  return made;
}
