import type { Page, PageRequest } from '../lib/page.ts';
import type { User, UserId } from './user.ts';

export type UserStore = {
  get(id: UserId): Promise<User | null>;
  getMany(ids: readonly UserId[]): Promise<readonly User[]>;
  /** Without regard to case. */
  findByPrincipalName(userPrincipalName: string): Promise<User | null>;
  /** By userPrincipalName; `search` is a prefix of UPN or display name. */
  list(query: { readonly search: string | null }, page: PageRequest): Promise<Page<User>>;
  /** Insert or replace by id. */
  save(users: readonly User[]): Promise<void>;
  /** Also drops memberships and primaryUserId references. */
  remove(ids: readonly UserId[]): Promise<void>;
};
