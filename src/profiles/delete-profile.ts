import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { Profile } from './profile.ts';
import type { ProfileHistory } from './profile-history.ts';
import type { ProfileId } from './profile-id.ts';
import type { ProfileStore } from './profile-store.ts';

/**
 * Deletes a profile with its assignments; reconcile then removes it from the devices that have it. Its history stays and is
 * read by its id. Throws `Failure`: `profile-not-found`, `profile-version` (If-Match), `profile-in-use` while a SCEP profile refers to a trusted one.
 */
export async function deleteProfile(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly profiles: ProfileStore;
    readonly profileHistory: Pick<ProfileHistory, 'record'>;
    readonly dirtyQueue: DirtyQueue;
    readonly events: EventLog;
  },
  input: { readonly id: ProfileId; readonly version: number | null; readonly cause: Cause },
): Promise<Profile> {
  return deps.transact(async () => {
    const profile = await deps.profiles.get(input.id);
    if (profile === null) throw new Failure('not-found', 'profile-not-found', 'There is no such profile.');
    if (input.version !== null && input.version !== profile.version)
      throw new Failure(
        'precondition',
        'profile-version',
        'Somebody else has changed the profile meanwhile: read it again and repeat the change.',
        { expected: input.version, found: profile.version },
      );
    await refuseWhileUsed(deps.profiles, profile);
    await deps.profiles.remove(profile.id);
    const { id, version } = profile;
    const entry = { id: newId(deps.clock), profileId: id, kind: 'deleted', version, restoredFrom: null } as const;
    await deps.profileHistory.record({ ...entry, at: deps.clock.now(), cause: input.cause, changes: [] }, [profile]);
    await deps.dirtyQueue.markAll(profile.settings.platform, profile.id);
    await deps.events.append([
      {
        type: 'profile.deleted',
        cause: input.cause,
        subjects: [{ kind: 'profile', id: profile.id, name: profile.name }],
        data: {
          name: profile.name,
          kind: profile.kind,
          slug: profile.slug,
          version: profile.version,
          before: { name: profile.name, slug: profile.slug, kind: profile.kind, version: profile.version },
        },
      },
    ]);
    return profile;
  });
}

async function refuseWhileUsed(profiles: ProfileStore, profile: Profile): Promise<void> {
  const refusal = inUse(profile, await profiles.all());
  if (refusal !== null) throw refusal;
}

/** Why the profile cannot be deleted; null when it can. */
export function inUse(profile: Profile, all: readonly Profile[]): Failure | null {
  if (profile.kind !== 'trustedCertificate') return null;
  const users = all.filter((other) => other.kind === 'scep' && other.settings.rootCertificate === profile.id);
  if (users.length === 0) return null;
  const names = users.map(({ name }) => name);
  return new Failure(
    'conflict',
    'profile-in-use',
    `SCEP profiles use this as their root certificate: ${names.join(', ')}. Delete them, or choose another root for them, first.`,
    { profiles: users.map(({ id, name }) => ({ id, name })) },
  );
}
