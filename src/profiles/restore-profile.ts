import type { Cause } from '../events/event.ts';
import type { Bound } from '../lib/bound.ts';
import { Failure } from '../lib/failure.ts';
import { profileDocument } from './profile-document.ts';
import type { ProfileHistory } from './profile-history.ts';
import type { ProfileId } from './profile-id.ts';
import type { SaveProfileResult, saveProfile } from './save-profile.ts';

/**
 * Makes the content of an earlier version (settings, name, description, scope tags; not assignments) the newest version. It
 * is saved as any edit is: refused, with the findings, when it breaks a rule by now. Failures: `profile-version-not-found`
 * and those of `saveProfile`.
 */
export async function restoreProfile(
  deps: {
    readonly profileHistory: Pick<ProfileHistory, 'version'>;
    readonly saveProfile: Bound<typeof saveProfile>;
  },
  input: {
    readonly id: ProfileId;
    /** If-Match: what is to be replaced. */
    readonly version: number | null;
    readonly to: number;
    readonly cause: Cause;
  },
): Promise<SaveProfileResult> {
  const { id, version, to, cause } = input;
  const past = await deps.profileHistory.version(id, to);
  if (past === null) {
    const message = `Version ${to} of the profile is not kept. Look which are: profile history.`;
    throw new Failure('not-found', 'profile-version-not-found', message, { profile: id, version: to });
  }
  const document = profileDocument(past, { rootSlug: null, assignments: null });
  return deps.saveProfile({ id, version, document, restoredFrom: to, cause });
}
