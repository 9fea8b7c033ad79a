import { isPlatform } from '../directory/platform.ts';
import { type FindTrustedProfile, findTrustedProfileAmong, type TrustedCandidate } from './find-trusted-profile.ts';
import type { ProfileId, ProfileSlug } from './profile-id.ts';

/**
 * For checking documents without a server: looks among the documents at hand, and takes on trust what is not there, since
 * the server may have it. Ids are the references themselves.
 */
export function findTrustedProfileOffline(documents: readonly unknown[]): FindTrustedProfile {
  const among = findTrustedProfileAmong(documents.flatMap(candidate));
  return (reference, platform) => among(reference, platform) ?? { id: reference as ProfileId, platform };
}

function candidate(document: unknown): TrustedCandidate[] {
  if (typeof document !== 'object' || document === null) return [];
  const { kind, name, slug, platform } = document as Readonly<Record<string, unknown>>;
  if (kind !== 'trustedCertificate' || typeof name !== 'string') return [];
  if (typeof platform !== 'string' || !isPlatform(platform)) return [];
  const written = typeof slug === 'string' ? slug : name;
  return [{ id: written as ProfileId, slug: written as ProfileSlug, name, kind, settings: { platform } }];
}
