/** A bearer token for the administration API. Shown once; stored as SHA-256. */
import type { Branded } from '../lib/ids.ts';
import type { GrantedPermission } from './permission.ts';
import type { Scope } from './principal.ts';

export type TokenId = Branded<'TokenId'>;

export type ApiToken = {
  readonly id: TokenId;
  readonly name: string;
  /** SHA-256 of the secret, hex. */
  readonly secretHash: string;
  readonly permissions: readonly GrantedPermission[] | 'all';
  /** Where they count. */
  readonly scope: Scope;
  /** The administrator, or the token that nobody made: who is behind it. Null: the operator of the machine. */
  readonly madeBy: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
};

export type ApiTokenStore = {
  findBySecretHash(secretHash: string): Promise<ApiToken | null>;
  get(id: TokenId): Promise<ApiToken | null>;
  list(): Promise<readonly ApiToken[]>;
  insert(token: ApiToken): Promise<void>;
  revoke(id: TokenId, at: number): Promise<boolean>;
  /** At most once a minute per token; loss is harmless. */
  touch(id: TokenId, at: number): Promise<void>;
};
