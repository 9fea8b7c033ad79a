import type { Platform } from '../directory/platform.ts';
import type { Profile } from './profile.ts';

type Candidate = Pick<Profile, 'slug' | 'name' | 'kind'> & { readonly settings: { readonly platform: Platform } };

/**
 * Which of these a document is the next version of: the one with its slug; without a slug, the one of the same name, kind
 * and platform. Empty when it is a new one; several when the name does not tell.
 */
export function profilesMeant<P extends Candidate>(document: unknown, profiles: readonly P[]): readonly P[] {
  const { slug, name, kind, platform } = identityOf(document);
  if (slug !== null) return profiles.filter((profile) => profile.slug === slug);
  return profiles.filter(
    (profile) => profile.name === name && profile.kind === kind && profile.settings.platform === platform,
  );
}

export type DocumentIdentity = Readonly<Record<'slug' | 'name' | 'kind' | 'platform', string | null>>;

/** How a document calls itself, even one that is no profile. */
export function identityOf(document: unknown): DocumentIdentity {
  const mapping = typeof document === 'object' && document !== null && !Array.isArray(document) ? document : {};
  const text = (field: string) => {
    const value: unknown = Object.hasOwn(mapping, field) ? (mapping as Record<string, unknown>)[field] : null;
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  return { slug: text('slug'), name: text('name'), kind: text('kind'), platform: text('platform') };
}
