import type { Page, PageRequest } from '../lib/page.ts';
import type { Group, GroupId, Membership } from './group.ts';

export type GroupStore = {
  get(id: GroupId): Promise<Group | null>;
  /** Without regard to case: none, one or several. */
  findByName(name: string): Promise<readonly Group[]>;
  list(query: { readonly search: string | null }, page: PageRequest): Promise<Page<Group>>;
  save(groups: readonly Group[]): Promise<void>;
  remove(ids: readonly GroupId[]): Promise<void>;
  /** Direct members. */
  members(groupIds: readonly GroupId[]): Promise<readonly Membership[]>;
  /** Adds and removes; adding what is there and removing what is not are no changes. Answers how many changed. */
  changeMembers(change: {
    readonly add: readonly Membership[];
    readonly remove: readonly Membership[];
  }): Promise<number>;
};
