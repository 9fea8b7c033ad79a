/**
 * Answers to POSTs that carried an idempotency key, so that a repeat gets the same answer and does nothing. A key belongs
 * to the token that used it.
 */
import type { TokenId } from './api-token.ts';

export type IdempotentResponse = {
  readonly tokenId: TokenId;
  readonly idempotencyKey: string;
  /** SHA-256 of method, path and body, hex: the same key with another request is the client's mistake. */
  readonly requestHash: string;
  readonly status: number;
  /** As it was sent, JSON text. */
  readonly body: string;
  readonly expiresAt: number;
};

export type IdempotencyStore = {
  /** Null when there is none or it has expired. */
  find(tokenId: TokenId, idempotencyKey: string, now: number): Promise<IdempotentResponse | null>;
  /** In the transaction of what the request did. False when a live answer for the key is stored already. */
  insert(response: IdempotentResponse, now: number): Promise<boolean>;
  /** Answers how many. */
  removeExpired(now: number): Promise<number>;
};
