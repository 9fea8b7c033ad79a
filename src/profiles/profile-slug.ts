import type { ProfileSlug } from './profile-id.ts';

const maxLength = 63;

/** Words of the API’s own, in the place of a slug. */
const reserved: readonly string[] = ['schema'];

/** Lower-case letters, digits and single hyphens in between; at most 63. */
export function isSlug(text: string): text is ProfileSlug {
  return !reserved.includes(text) && text.length <= maxLength && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);
}

/** A slug for a name: `Wi-Fi (Büro)` → `wi-fi-buro`. `taken` says which exist; then a number is added. */
export function slugFromName(name: string, taken: (slug: string) => boolean): ProfileSlug {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxLength - 5)
    .replace(/^-+|-+$/g, '');
  const base = plain === '' ? 'profile' : plain;
  for (let number = 1; ; number++) {
    const slug = number === 1 ? base : `${base}-${number}`;
    if (isSlug(slug) && !taken(slug)) return slug;
  }
}
