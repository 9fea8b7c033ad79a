import type { Platform } from '../directory/platform.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { Profile } from './profile.ts';
import type { ProfileId } from './profile-id.ts';

export type ProfileStore = {
  get(id: ProfileId): Promise<Profile | null>;
  findBySlug(slug: string): Promise<Profile | null>;
  /** Without regard to case: none, one or several. */
  findByName(name: string): Promise<readonly Profile[]>;
  list(
    query: { readonly search: string | null; readonly platform: Platform | null },
    page: PageRequest,
  ): Promise<Page<Profile>>;
  /** All of them; there are hundreds, not millions. */
  all(): Promise<readonly Profile[]>;
  /** Inserts version 1 or replaces version `profile.version - 1`; false when another version is stored. */
  save(profile: Profile): Promise<boolean>;
  remove(id: ProfileId): Promise<void>;
};
