import type { Cause } from '../events/event.ts';
import { nextProfile } from './next-profile.ts';
import type { Profile } from './profile.ts';
import { type StoreVersionDeps, storeVersion } from './store-version.ts';

/** The same profile with other scope tags, as its next version. Inside a transaction. No device is concerned. */
export async function retagProfile(
  deps: StoreVersionDeps,
  input: { readonly profile: Profile; readonly scopeTags: readonly string[]; readonly cause: Cause },
): Promise<void> {
  const { profile: stored, scopeTags, cause } = input;
  const next = nextProfile(stored, { ...stored, scopeTags, assignments: null }, deps.clock.now());
  if (next.changed) await storeVersion(deps, { ...next, stored, restoredFrom: null, cause });
}
