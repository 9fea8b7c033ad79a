/**
 * A change that waits for a second administrator, because it would touch many deployments: who asked, what exactly, what it
 * would do, and what has become of it. Once it is approved it is carried out as the asker's change.
 */
import type { Branded } from '../lib/ids.ts';
import type { Principal } from './principal.ts';

export type HeldChangeId = Branded<'HeldChangeId'>;

export const heldChangeStates = ['waiting', 'approved', 'done', 'failed', 'stale', 'rejected', 'withdrawn'] as const;
/** `approved`: is being carried out, or was when the server went down; `stale`: what it is about had changed. */
export type HeldChangeState = (typeof heldChangeStates)[number];

/** Whoever has an API token made by them, and the token, are one. */
export type Asker = Pick<Principal, 'kind' | 'id' | 'name'> & {
  readonly person: string;
  /** What the identity provider of their session said. */
  readonly claimed: { readonly providerId: string; readonly groups: readonly string[] } | null;
};

export type HeldRequest = {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly body: unknown;
  readonly ifMatch: string | null;
};

export type HeldChange = {
  readonly id: HeldChangeId;
  /** Such as `delete-profile`. */
  readonly operation: string;
  readonly asker: Asker;
  readonly request: HeldRequest;
  /** That are issued anew, revoked or taken away, when it was asked for; null: cannot be counted. */
  readonly deployments: number | null;
  /** Of what it is about, as it was then. */
  readonly fingerprint: string;
  readonly state: HeldChangeState;
  readonly decidedBy: Pick<Principal, 'kind' | 'id' | 'name'> | null;
  readonly decidedAt: number | null;
  /** What came of carrying it out. */
  readonly outcome: { readonly status: number; readonly code: string | null; readonly detail: string | null } | null;
  readonly createdAt: number;
  /** Nobody approves it any more then. */
  readonly expiresAt: number;
};

export type HeldChangeStore = {
  get(id: HeldChangeId): Promise<HeldChange | null>;
  /** The newest first. */
  newest(limit: number): Promise<readonly HeldChange[]>;
  insert(change: HeldChange): Promise<void>;
  /** Replaces what changes (state, decision, outcome); false when it is not in the state `from` any more. */
  move(change: HeldChange, from: HeldChangeState): Promise<boolean>;
  /** Those that were asked for before. */
  forgetBefore(at: number): Promise<void>;
};

/** Setting. */
export type SecondApproval = {
  /** So many deployments, or more, need a second administrator; null: none ever do. */
  readonly deployments: number | null;
  /** How long a change waits. */
  readonly hours: number;
};

export const noSecondApproval: SecondApproval = { deployments: null, hours: 72 };

export type SecondApprovalStore = {
  get(): Promise<SecondApproval>;
  put(setting: SecondApproval): Promise<void>;
};
