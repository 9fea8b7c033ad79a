import { isPasskeyKey, passkeyAlgorithms } from '../crypto/passkey-signature.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { toBase64Url } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { Administrator } from './administrator.ts';
import { bytesOf, checkCeremony } from './check-ceremony.ts';
import { maxPasskeys, type Passkey, type PasskeyId, type PasskeyStore, type RelyingParty } from './passkey.ts';
import { expectChallenge, newChallenge, useChallenge } from './passkey-challenge.ts';
import { subjectOf } from './start-session.ts';
import type { UsedChallenges } from './used-challenges.ts';

export type AddPasskeyDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  /** The installation's. */
  readonly secret: Uint8Array;
  readonly relyingParty: RelyingParty;
  readonly passkeys: Pick<PasskeyStore, 'findByCredentialId' | 'of' | 'insert'>;
  readonly usedChallenges: UsedChallenges;
  readonly events: Pick<EventLog, 'append'>;
};

/** `RegistrationResponseJSON`, as far as it is read (WebAuthn Level 3 §5.1.8). */
export type NewCredential = {
  readonly id: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly publicKey: string;
    readonly publicKeyAlgorithm: number;
    readonly transports: readonly string[];
  };
};

export function challengeForNewPasskey(
  { secret, clock }: Pick<AddPasskeyDeps, 'secret' | 'clock'>,
  { id }: Pick<Administrator, 'id'>,
): string {
  return newChallenge(secret, purposeOf({ id }), clock.now());
}

/**
 * A passkey for the administrator who has signed in. Its maker is not asked for (attestation `none`): the key is taken as the
 * browser has it, and the first assertion shows that it works. Failures: those of `checkCeremony`, `passkey-challenge`,
 * `passkey-algorithm`, `passkey-known`, `passkeys-too-many`, `passkey-name`.
 */
export async function addPasskey(
  deps: AddPasskeyDeps,
  input: {
    readonly administrator: Administrator;
    readonly name: string;
    readonly credential: NewCredential;
    readonly cause: Cause;
  },
): Promise<Passkey> {
  const { administrator, credential, cause } = input;
  const name = parsePasskeyName(input.name);
  const { clientData, authenticatorData } = checkCeremony('webauthn.create', credential.response, deps.relyingParty);
  const now = deps.clock.now();
  const expiresAt = expectChallenge(deps.secret, purposeOf(administrator), clientData.challenge, now);
  const algorithm = passkeyAlgorithms.find((known) => known === credential.response.publicKeyAlgorithm);
  const publicKey = bytesOf(credential.response.publicKey);
  if (algorithm === undefined || !isPasskeyKey(publicKey, algorithm))
    throw new Failure('invalid', 'passkey-algorithm', 'The key must be ES256, EdDSA (Ed25519) or RS256.');
  const { credentialId: made, backedUp, signCount } = authenticatorData;
  if (made === null || toBase64Url(made) !== credential.id)
    throw new Failure('malformed', 'passkey-malformed', 'The authenticator made another credential than this one.');
  return deps.transact(async () => {
    await useChallenge(deps.usedChallenges, clientData.challenge, expiresAt);
    if ((await deps.passkeys.of(administrator.id)).length >= maxPasskeys)
      throw new Failure('invalid', 'passkeys-too-many', `You have ${maxPasskeys} passkeys already. Remove one first.`);
    if ((await deps.passkeys.findByCredentialId(credential.id)) !== null)
      throw new Failure('conflict', 'passkey-known', 'This passkey was added before.');
    const passkey: Passkey = {
      id: newId<PasskeyId>(deps.clock),
      administratorId: administrator.id,
      name,
      credentialId: credential.id,
      publicKey,
      algorithm,
      signCount,
      transports: credential.response.transports,
      backedUp,
      createdAt: now,
      lastUsedAt: null,
    };
    await deps.passkeys.insert(passkey);
    const data = { name, passkey: passkey.id, backedUp };
    await deps.events.append([{ type: 'access.passkey-added', cause, subjects: [subjectOf(administrator)], data }]);
    return passkey;
  });
}

/** Failure `passkey-name`. */
export function parsePasskeyName(text: string): string {
  const name = text.trim();
  if (name !== '' && name.length <= 100) return name;
  throw new Failure('invalid', 'passkey-name', 'A passkey needs a name of 1 to 100 characters.', { field: 'name' });
}

function purposeOf({ id }: Pick<Administrator, 'id'>): string {
  return `create ${id}`;
}
