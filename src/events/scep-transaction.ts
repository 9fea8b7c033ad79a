import type { Branded } from '../lib/ids.ts';

export type ScepTransactionId = Branded<'ScepTransactionId'>;

/** One SCEP request and what became of it: the row a timeline shows. Written also for refusals; no secret in it. */
export type ScepTransaction = {
  readonly id: ScepTransactionId;
  readonly at: number;
  readonly node: string;
  readonly requestId: string;
  readonly clientAddress: string;
  /** GetCACaps and GetCACert are recorded only when the address names a delivery. */
  readonly operation: 'GetCACaps' | 'GetCACert' | 'GetNextCACert' | 'PKIOperation';
  /** RFC 8894 §3.2.1.2; null when not a PKIOperation or undecodable. */
  readonly messageType: number | null;
  readonly transactionID: string | null;
  readonly profileId: string | null;
  readonly deploymentId: string | null;
  readonly certificateId: string | null;
  readonly outcome: 'success' | 'pending' | 'failure' | 'error';
  /** Reason code of a failure, kebab-case. */
  readonly reason: string | null;
  /** Digest, cipher, key size and the like. */
  readonly algorithms: Readonly<Record<string, string | number>>;
  /** Expected beside received, by field, for the console and API alone. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** Milliseconds per step, in order: decode, open, check, sign, commit, answer. */
  readonly timings: Readonly<Record<string, number>>;
};

/** Written outside the issuing transaction (refusals); a committed issuance carries its row in the ledger. */
export type ScepTransactionLog = {
  append(row: ScepTransaction): Promise<void>;
  /** Newest first. */
  listByDeployment(deploymentId: string, limit: number): Promise<readonly ScepTransaction[]>;
};
