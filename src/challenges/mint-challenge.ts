import { hashSecret } from '../crypto/secret.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { toBase32 } from '../lib/bytes.ts';
import { newId } from '../lib/ids.ts';
import { randomBytes } from '../lib/random.ts';
import type { Expectation } from '../profiles/expectation.ts';
import type { Challenge, ChallengeId } from './challenge.ts';
import type { ChallengeStore } from './challenge-store.ts';

/** What a challenge is bound to; a `Deployment` is one. */
export type ChallengeTarget = {
  readonly id: string;
  readonly profileId: string;
  readonly deviceId: string;
  readonly wanted: boolean;
  readonly expectation: Expectation | null;
  readonly generation: number;
  readonly issuedGeneration: number;
  readonly revision: number;
};

export type MintResult =
  /** `secret` exists nowhere else: 26 characters of base32. */
  | { readonly kind: 'minted'; readonly secret: string; readonly challenge: Challenge }
  | { readonly kind: 'refused'; readonly reason: 'not-wanted' | 'no-expectation' | 'already-issued' };

/**
 * Makes a challenge for the certificate that is due; `lifetime` in ms, `now` in ms. Joins the caller's transaction, in
 * which the deployment was read. Earlier challenges stay alive: a check-in's answer may have been lost.
 */
export async function mintChallenge(
  deps: { readonly challenges: Pick<ChallengeStore, 'insert'>; readonly events: Pick<EventLog, 'append'> },
  input: {
    readonly deployment: ChallengeTarget;
    readonly lifetime: number;
    readonly now: number;
    readonly cause: Cause;
  },
): Promise<MintResult> {
  const { deployment, lifetime, now, cause } = input;
  if (!deployment.wanted) return { kind: 'refused', reason: 'not-wanted' };
  if (deployment.expectation === null) return { kind: 'refused', reason: 'no-expectation' };
  if (deployment.issuedGeneration >= deployment.generation) return { kind: 'refused', reason: 'already-issued' };
  const secret = newSecret();
  const challenge: Challenge = {
    id: newId<ChallengeId>({ now: () => now }),
    deploymentId: deployment.id,
    profileId: deployment.profileId,
    generation: deployment.generation,
    revision: deployment.revision,
    secretHash: hashSecret(secret),
    createdAt: now,
    expiresAt: now + lifetime,
    state: 'live',
    cancelReason: null,
    boundKey: null,
    certificateId: null,
  };
  await deps.challenges.insert([challenge]);
  await deps.events.append([
    {
      type: 'challenge.issued',
      cause,
      subjects: [
        { kind: 'challenge', id: challenge.id },
        { kind: 'deployment', id: deployment.id },
        { kind: 'device', id: deployment.deviceId },
        { kind: 'profile', id: deployment.profileId },
      ],
      data: { generation: challenge.generation, revision: challenge.revision, expiresAt: challenge.expiresAt },
    },
  ]);
  return { kind: 'minted', secret, challenge };
}

/** 26 characters of 5 random bits each: 130 bits, in an alphabet that survives every client and keyboard. */
function newSecret(): string {
  return toBase32(randomBytes(17)).slice(0, 26);
}
