/**
 * Challenges that authenticators sign. They are not stored when they are handed out: a time and a mark that only this
 * installation can make tell that one is ours, and fresh. That it is used once is remembered when it is used.
 */
import { hmacSha256 } from '../crypto/hmac.ts';
import { sameSecret } from '../crypto/same-secret.ts';
import { hashSecret } from '../crypto/secret.ts';
import { concatBytes, fromBase64, toBase64Url, utf8 } from '../lib/bytes.ts';
import { minute } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { randomBytes } from '../lib/random.ts';
import type { UsedChallenges } from './used-challenges.ts';

export const challengeLifetime = 5 * minute;

/** `purpose`: what it is for, and for whom; it is good for nothing else. */
export function newChallenge(installation: Uint8Array, purpose: string, now: number): string {
  const head = new Uint8Array(24);
  head.set(randomBytes(16));
  new DataView(head.buffer).setBigUint64(16, BigInt(now + challengeLifetime));
  return toBase64Url(concatBytes([head, markOf(installation, purpose, head)]));
}

/** When it ends. Failure `passkey-challenge`: not ours, for something else, or too old. */
export function expectChallenge(installation: Uint8Array, purpose: string, challenge: string, now: number): number {
  const bytes = fromBase64(challenge);
  if (bytes?.length !== 56) throw refused();
  const head = bytes.slice(0, 24);
  const expiresAt = Number(new DataView(head.buffer).getBigUint64(16));
  if (!sameSecret(markOf(installation, purpose, head), bytes.slice(24)) || expiresAt <= now) throw refused();
  return expiresAt;
}

/** Inside a transaction. Failure `passkey-challenge`: it was used before. */
export async function useChallenge(used: UsedChallenges, challenge: string, expiresAt: number): Promise<void> {
  if (!(await used.use(hashSecret(`passkey ${challenge}`), expiresAt))) throw refused();
}

function markOf(installation: Uint8Array, purpose: string, head: Uint8Array): Uint8Array {
  return hmacSha256(installation, concatBytes([utf8(`scepward passkey challenge 1\n${purpose}\n`), head]));
}

function refused(): Failure {
  const message = 'This took too long, or was tried before. Begin again.';
  return new Failure('unauthenticated', 'passkey-challenge', message);
}
