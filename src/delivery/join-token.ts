/** A one-time token with which a device comes under management. It names the CA's fingerprint, so the agent can pin it. */
import type { Branded } from '../lib/ids.ts';

export type JoinTokenId = Branded<'JoinTokenId'>;

export type JoinToken = {
  readonly id: JoinTokenId;
  readonly secretHash: string;
  /** The device it is for; null: whoever joins first becomes a new device of `userId`. */
  readonly deviceId: string | null;
  readonly userId: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt: number | null;
};

export type JoinTokenStore = {
  findBySecretHash(secretHash: string): Promise<JoinToken | null>;
  insert(token: JoinToken): Promise<void>;
  /** False when it was used before or has expired. */
  use(id: JoinTokenId, at: number): Promise<boolean>;
};
