import type { Administrator, AdministratorId } from './administrator.ts';

export type AdministratorStore = {
  get(id: AdministratorId): Promise<Administrator | null>;
  /** Without regard to case. */
  findBySignInName(signInName: string): Promise<Administrator | null>;
  /** By sign-in name. There are dozens of them, not thousands. */
  all(): Promise<readonly Administrator[]>;
  /** Until the transaction ends no other may save or remove one: whoever counts them locks them first. */
  lock(): Promise<void>;
  /** Inserts version 1 or replaces version `version - 1`, but for `lastSignInAt`; false when another version is stored. */
  save(administrator: Administrator): Promise<boolean>;
  signedIn(id: AdministratorId, at: number): Promise<void>;
  /** With their password, passkeys, codes, sessions and identities. */
  remove(id: AdministratorId): Promise<void>;
};
