import type { Profile } from '../../profiles/profile.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import { findNamed } from './find-named.ts';

export type ProfileNames = { readonly profiles: Pick<ProfileStore, 'get' | 'findBySlug' | 'findByName'> };

/** By id, slug or exact name. */
export function findProfile({ profiles }: ProfileNames, text: string): Promise<Profile> {
  return findNamed<Profile>(
    {
      noun: 'profile',
      get: (id) => profiles.get(id),
      findByName: async (name) => {
        const bySlug = await profiles.findBySlug(name);
        return bySlug === null ? profiles.findByName(name) : [bySlug];
      },
      describe: ({ id, name, slug, settings }) => ({ id, name, detail: `${settings.platform}, slug ${slug}` }),
    },
    text,
  );
}
