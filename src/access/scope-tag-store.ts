import type { Page, PageRequest } from '../lib/page.ts';
import type { ScopeTag, ScopeTagId } from './scope-tag.ts';

export type ScopeTagStore = {
  get(id: ScopeTagId): Promise<ScopeTag | null>;
  /** Without regard to case. */
  findByName(name: string): Promise<ScopeTag | null>;
  /** By name; `search` is a part of it. */
  list(query: { readonly search: string | null }, page: PageRequest): Promise<Page<ScopeTag>>;
  all(): Promise<readonly ScopeTag[]>;
  /** Inserts version 1 or replaces version `tag.version - 1`; false when another version is stored. */
  save(tag: ScopeTag): Promise<boolean>;
  /** Also takes it from the devices that were given it. */
  remove(id: ScopeTagId): Promise<void>;
  /** The tags that devices were given themselves, in the order of names; devices without any have no entry. */
  givenTo(deviceIds: readonly string[]): Promise<ReadonlyMap<string, readonly ScopeTagId[]>>;
  /** These become the ones that a device was given. */
  give(deviceId: string, tagIds: readonly ScopeTagId[]): Promise<void>;
};
