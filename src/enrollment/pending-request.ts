/**
 * A request that waits for an administrator (SCEP PENDING). The decision attaches to (deployment, revision): a device that
 * asks again with a new key and a new challenge finds it. The row itself remembers the request that asked, so that CertPoll
 * (which carries no CSR) can be answered.
 */
import type { Branded } from '../lib/ids.ts';

export type PendingRequestId = Branded<'PendingRequestId'>;

export type PendingRequest = {
  readonly id: PendingRequestId;
  readonly deploymentId: string;
  readonly revision: number;
  readonly generation: number;
  readonly transactionID: string;
  /** SHA-256 of the requester's SubjectPublicKeyInfo, hex. */
  readonly keyHash: string;
  /** PKCS#10, DER, without its challenge: to be compared again, not to be verified again. */
  readonly certificationRequest: Uint8Array;
  readonly proof: { readonly kind: 'challenge' | 'certificate'; readonly id: string };
  readonly state: 'waiting' | 'approved' | 'rejected' | 'issued';
  readonly createdAt: number;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
};

export type PendingRequestStore = {
  get(id: PendingRequestId): Promise<PendingRequest | null>;
  /** RFC 8894 §3.3.3: CertPoll names the transaction. Newest first when several devices chose the same. */
  findByTransaction(transactionID: string): Promise<readonly PendingRequest[]>;
  /** The latest decision or wait for this deployment and revision. */
  latest(deploymentId: string, revision: number): Promise<PendingRequest | null>;
  list(state: PendingRequest['state'] | null, limit: number): Promise<readonly PendingRequest[]>;
  /** Insert, or replace the one with this id while it waits; false when it has been decided meanwhile. */
  save(request: PendingRequest): Promise<boolean>;
  /** Only from `waiting`; false otherwise. */
  decide(id: PendingRequestId, state: 'approved' | 'rejected', at: number, by: string): Promise<boolean>;
};
