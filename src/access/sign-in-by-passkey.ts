import { digest } from '../crypto/digest.ts';
import { verifyPasskeySignature } from '../crypto/passkey-signature.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Bound } from '../lib/bound.ts';
import { concatBytes, toBase64Url, utf8 } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { AdministratorStore } from './administrator-store.ts';
import { bytesOf, checkCeremony } from './check-ceremony.ts';
import type { Passkey, PasskeyStore, RelyingParty } from './passkey.ts';
import { expectChallenge, newChallenge, useChallenge } from './passkey-challenge.ts';
import {
  causeOfStranger,
  type SignInPlace,
  type StartedSession,
  type startSession,
  subjectOf,
} from './start-session.ts';
import type { UsedChallenges } from './used-challenges.ts';

export type SignInByPasskeyDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  /** The installation's. */
  readonly secret: Uint8Array;
  readonly relyingParty: RelyingParty;
  readonly administrators: Pick<AdministratorStore, 'get'>;
  readonly passkeys: Pick<PasskeyStore, 'findByCredentialId' | 'update'>;
  readonly usedChallenges: UsedChallenges;
  readonly startSession: Bound<typeof startSession>;
  readonly events: Pick<EventLog, 'append'>;
};

/** `AuthenticationResponseJSON`, as far as it is read (WebAuthn Level 3 §5.1.8). */
export type Assertion = {
  readonly id: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle: string | null;
  };
};

const purpose = 'get';

export function challengeForSignIn({ secret, clock }: Pick<SignInByPasskeyDeps, 'secret' | 'clock'>): string {
  return newChallenge(secret, purpose, clock.now());
}

/** What authenticators keep as the user's handle: nothing that says who it is. */
export function userHandleOf(administratorId: string): string {
  return toBase64Url(utf8(administratorId));
}

/**
 * Whoever has the authenticator of a passkey, and shows it who they are, gets a session: WebAuthn Level 3 §7.2. Failures: those
 * of `checkCeremony`, `passkey-challenge`, `passkey-unknown` (also of somebody disabled), `passkey-signature`,
 * `passkey-copied`.
 */
export async function signInByPasskey(
  deps: SignInByPasskeyDeps,
  { credential, place }: { readonly credential: Assertion; readonly place: SignInPlace },
): Promise<StartedSession> {
  const { clientData, authenticatorData, bytes } = checkCeremony(
    'webauthn.get',
    credential.response,
    deps.relyingParty,
  );
  const now = deps.clock.now();
  const expiresAt = expectChallenge(deps.secret, purpose, clientData.challenge, now);
  const known = await deps.passkeys.findByCredentialId(credential.id);
  const { userHandle } = credential.response;
  if (known === null || (userHandle !== null && userHandle !== userHandleOf(known.administratorId))) throw unknown();
  const signed = concatBytes([bytes.authenticatorData, digest('sha256', bytes.clientData)]);
  if (!verifyPasskeySignature(known, bytesOf(credential.response.signature), signed))
    throw new Failure('unauthenticated', 'passkey-signature', 'The signature is not one of this passkey.');
  const { signCount, backedUp } = authenticatorData;
  // §7.2 step 22: two authenticators have the key, and one of them was not there when the other signed last.
  if ((signCount !== 0 || known.signCount !== 0) && signCount <= known.signCount) await refuseCopy(deps, known, place);
  return deps.transact(async () => {
    await useChallenge(deps.usedChallenges, clientData.challenge, expiresAt);
    const administrator = await deps.administrators.get(known.administratorId);
    if (administrator?.state !== 'active') throw unknown();
    if (!(await deps.passkeys.update({ ...known, signCount, backedUp, lastUsedAt: now }, known.signCount)))
      throw new Failure('unauthenticated', 'passkey-challenge', 'This passkey was used at the same time. Begin again.');
    return deps.startSession({ administrator, method: 'passkey', place, provider: null });
  });
}

async function refuseCopy(
  { transact, administrators, events }: SignInByPasskeyDeps,
  { administratorId, name }: Passkey,
  place: SignInPlace,
): Promise<never> {
  await transact(async () => {
    const administrator = await administrators.get(administratorId);
    const subjects = administrator === null ? [] : [subjectOf(administrator)];
    const data = { method: 'passkey', reason: 'passkey-copied', passkey: name };
    await events.append([{ type: 'access.sign-in-failed', cause: causeOfStranger(place), subjects, data }]);
  });
  const message =
    'This passkey has been used elsewhere since: somebody may have a copy of it. Sign in in another way and remove it.';
  throw new Failure('unauthenticated', 'passkey-copied', message);
}

function unknown(): Failure {
  return new Failure('unauthenticated', 'passkey-unknown', 'This passkey is not known here, or not any more.');
}
