import type { Authority, AuthorityId, Issuer, IssuerId } from './issuer.ts';

export type AuthorityStore = {
  all(): Promise<readonly Authority[]>;
  get(id: AuthorityId): Promise<Authority | null>;
  /** Inserts version 1 or replaces version `authority.version - 1`; false when another version is stored. */
  save(authority: Authority): Promise<boolean>;
  issuers(): Promise<readonly Issuer[]>;
  getIssuer(id: IssuerId): Promise<Issuer | null>;
  /** Insert or replace by id. */
  saveIssuer(issuer: Issuer): Promise<void>;
};
