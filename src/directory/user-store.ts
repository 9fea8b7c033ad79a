import type { Page, PageRequest } from '../lib/page.ts';
import type { User, UserId } from './user.ts';

export type UserStore = {
  /** `to-change`: nobody else writes it until the transaction ends. What `save` replaces was read so. */
  get(id: UserId, purpose?: 'to-change'): Promise<User | null>;
  getMany(ids: readonly UserId[], purpose?: 'to-change'): Promise<readonly User[]>;
  /** Without regard to case. */
  findByPrincipalName(userPrincipalName: string): Promise<User | null>;
  /** By userPrincipalName; `search` is a prefix of UPN or display name. */
  list(query: { readonly search: string | null }, page: PageRequest): Promise<Page<User>>;
  /** Insert or replace by id. */
  save(users: readonly User[]): Promise<void>;
  /** Also drops memberships and primaryUserId references. */
  remove(ids: readonly UserId[]): Promise<void>;
};
