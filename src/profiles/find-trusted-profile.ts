import type { Platform } from '../directory/platform.ts';
import type { Profile } from './profile.ts';
import type { ProfileId } from './profile-id.ts';

/** The trusted certificate profile that an id, a slug or a name means; null when there is none. */
export type FindTrustedProfile = (
  reference: string,
  platform: Platform,
) =>
  | { readonly id: ProfileId; readonly platform: Platform }
  /** Slugs of all that answer to the name. */
  | { readonly ambiguous: readonly string[] }
  | null;

export type TrustedCandidate = Pick<Profile, 'id' | 'slug' | 'name' | 'kind'> & {
  readonly settings: { readonly platform: Platform };
};

/** Looks among these profiles: id and slug first, then the name in any case, where one of the wanted platform wins. */
export function findTrustedProfileAmong(profiles: readonly TrustedCandidate[]): FindTrustedProfile {
  const trusted = profiles.filter(({ kind }) => kind === 'trustedCertificate');
  return (reference, platform) => {
    const wanted = reference.trim();
    const exact = trusted.find(({ id, slug }) => id === wanted || slug === wanted);
    const named = exact === undefined ? trusted.filter(({ name }) => sameName(name, wanted)) : [exact];
    const fitting = named.filter(({ settings }) => settings.platform === platform);
    const [found, ...others] = fitting.length > 0 ? fitting : named;
    if (found === undefined) return null;
    if (others.length > 0) return { ambiguous: [found, ...others].map(({ slug }) => slug) };
    return { id: found.id, platform: found.settings.platform };
  };
}

function sameName(a: string, b: string): boolean {
  return a.normalize('NFC').toLowerCase() === b.normalize('NFC').toLowerCase();
}
