/**
 * One-time secrets bound to what one deployment may request. Stored as SHA-256; the secret itself is known to the device
 * alone. Several may live for one deployment (a check-in's answer may be lost); one issuance cancels the rest.
 */
import type { Branded } from '../lib/ids.ts';

export type ChallengeId = Branded<'ChallengeId'>;

export type Challenge = {
  readonly id: ChallengeId;
  readonly deploymentId: string;
  readonly profileId: string;
  /** The deployment's when it was minted: it serves that generation and that revision of the expectation only. */
  readonly generation: number;
  readonly revision: number;
  /** SHA-256 of the secret, hex. Unique. */
  readonly secretHash: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly state: 'live' | 'spent' | 'cancelled';
  readonly cancelReason: string | null;
  /** SHA-256 of the SubjectPublicKeyInfo that it was first used with, hex: set by PENDING and by issuance. */
  readonly boundKey: string | null;
  readonly certificateId: string | null;
};
