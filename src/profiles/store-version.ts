import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Profile } from './profile.ts';
import type { ProfileHistory } from './profile-history.ts';
import type { ProfileStore } from './profile-store.ts';
import type { ProfileChange } from './setting-effect.ts';

export type StoreVersionDeps = {
  readonly profiles: Pick<ProfileStore, 'save'>;
  readonly profileHistory: Pick<ProfileHistory, 'record'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** Stores a version of a profile with its history and its event. Failure `profile-version` when another one is stored. */
export async function storeVersion(
  deps: StoreVersionDeps,
  version: {
    readonly profile: Profile;
    /** Null: it is the first. */
    readonly stored: Profile | null;
    readonly changes: readonly ProfileChange[];
    readonly restoredFrom: number | null;
    readonly cause: Cause;
  },
): Promise<void> {
  const { profile, stored, changes, restoredFrom, cause } = version;
  if (!(await deps.profiles.save(profile))) throw profileVersionFailure(profile.version - 1, null);
  const { id, version: number, updatedAt: at } = profile;
  await deps.profileHistory.record(
    { id: newId(deps.clock), profileId: id, kind: 'saved', version: number, restoredFrom, at, cause, changes },
    // The one before may have been saved by a server that kept no versions.
    stored === null ? [profile] : [stored, profile],
  );
  await deps.events.append([
    {
      type: 'profile.saved',
      cause,
      subjects: [{ kind: 'profile', id, name: profile.name }],
      data: {
        name: profile.name,
        kind: profile.kind,
        platform: profile.settings.platform,
        version: number,
        contentVersion: profile.contentVersion,
        changed: changes.map(({ path }) => path),
        changes: changes.map(({ path: field, before, after }) => ({ field, before, after })),
        ...(restoredFrom !== null && { restoredFrom }),
      },
    },
  ]);
}

export function profileVersionFailure(expected: number, found: number | null): Failure {
  const message = 'Somebody else has changed the profile meanwhile: read it again and repeat the change.';
  return new Failure('precondition', 'profile-version', message, { expected, found });
}
