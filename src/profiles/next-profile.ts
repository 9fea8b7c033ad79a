import type { Finding } from './finding.ts';
import type { Profile, ProfileHeader } from './profile.ts';
import type { ProfileDraft } from './profile-draft.ts';
import type { ProfileId, ProfileSlug } from './profile-id.ts';
import { type ProfileChange, profileChanges, type SettingEffect } from './setting-effect.ts';

export type NextProfile = {
  readonly profile: Profile;
  /** False: the draft says what is stored already, and `profile` is what is stored. */
  readonly changed: boolean;
  readonly changes: readonly ProfileChange[];
};

/** The profile that a draft makes for the first time. */
export function firstProfile(
  draft: ProfileDraft,
  identity: { readonly id: ProfileId; readonly slug: ProfileSlug; readonly now: number },
): Profile {
  const { id, slug, now } = identity;
  const { name, description, scopeTags } = draft;
  const header = {
    id,
    slug,
    name,
    description,
    scopeTags,
    version: 1,
    contentVersion: 1,
    deliveryVersion: 1,
    createdAt: now,
    updatedAt: now,
  };
  return withSettings(header, draft);
}

/** What saving a draft over a stored profile makes of it: the version grows with any change, the content version only when certificates must change. */
export function nextProfile(stored: Profile, draft: ProfileDraft, now: number): NextProfile {
  const changes = profileChanges(stored, draft);
  if (changes.length === 0) return { profile: stored, changed: false, changes };
  const has = (wanted: SettingEffect) => changes.some(({ effect }) => effect === wanted);
  const reissue = has('reissue');
  const redeliver = has('redeliver');
  // What devices hold of a trusted certificate profile is what is delivered.
  const content = stored.kind === 'trustedCertificate' ? redeliver : reissue;
  const header: ProfileHeader = {
    id: stored.id,
    slug: stored.slug,
    name: draft.name,
    description: draft.description,
    scopeTags: draft.scopeTags,
    version: stored.version + 1,
    contentVersion: stored.contentVersion + (content ? 1 : 0),
    deliveryVersion: stored.deliveryVersion + (reissue || redeliver ? 1 : 0),
    createdAt: stored.createdAt,
    updatedAt: now,
  };
  return { profile: withSettings(header, draft), changed: true, changes };
}

/** What of a stored profile can never change. */
export function identityFindings(stored: Profile, draft: ProfileDraft): Finding[] {
  const findings: Finding[] = [];
  const never = (path: string, was: string, is: string) => {
    if (was === is) return;
    const detail = `The ${path} of a profile never changes: it is “${was}”.`;
    findings.push({ rule: 'identity', severity: 'error', path, detail, fix: 'Make a new profile.' });
  };
  never('kind', stored.kind, draft.kind);
  never('platform', stored.settings.platform, draft.settings.platform);
  if (draft.slug !== null) never('slug', stored.slug, draft.slug);
  return findings;
}

function withSettings(header: ProfileHeader, draft: ProfileDraft): Profile {
  return draft.kind === 'scep'
    ? { ...header, kind: draft.kind, settings: draft.settings }
    : { ...header, kind: draft.kind, settings: draft.settings };
}
