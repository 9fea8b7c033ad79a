/**
 * Who judges a challenge. Our own store is one implementation; another system's challenges (signed blobs of up to 8 kB) are
 * to be judged by that system, through an implementation of its own.
 */
import type { Challenge } from '../challenges/challenge.ts';
import { hashSecret } from '../crypto/secret.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { RequestFacts } from './request-facts.ts';

export type VerifiedChallenge = { readonly challenge: Challenge; readonly deployment: Deployment };

export type ChallengeVerifier = {
  /** Null for a challenge that is not known. Says nothing about whether it still serves: `challengeStanding` does. */
  find(secret: string): Promise<VerifiedChallenge | null>;
};

/** Challenges that we minted, found by the SHA-256 of the secret: the comparison leaks nothing that helps a guesser. */
export function ownChallenges(facts: Pick<RequestFacts, 'byChallenge'>): ChallengeVerifier {
  return { find: (secret) => facts.byChallenge(hashSecret(secret)) };
}
