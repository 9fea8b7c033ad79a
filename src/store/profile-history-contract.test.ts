/** Versions and history of profiles, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { anId, aScepProfile, recordTime } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import { systemCause } from '../events/event.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import type { HistoryEntry } from '../profiles/profile-history.ts';

const first = { limit: 10, cursor: null };

function anEntry(profile: ScepProfile, given: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    id: anId(),
    profileId: profile.id,
    kind: 'saved',
    version: profile.version,
    restoredFrom: null,
    at: recordTime,
    cause: systemCause,
    changes: [{ path: 'name', before: 'a', after: 'b', effect: 'none' }],
    ...given,
  };
}

suite('the history of profiles', () => {
  storeTest('is read newest first, by kind, page by page, and apart for each', async (stores) => {
    const [profile, other] = [aScepProfile(), aScepProfile()];
    const entries = [
      anEntry(profile, { changes: [] }),
      anEntry(profile, { kind: 'assigned', changes: null }),
      anEntry(profile, { version: 2, restoredFrom: 1 }),
      anEntry(profile, { kind: 'deleted', version: 2 }),
    ];
    await stores.transact(async () => {
      for (const entry of entries) await stores.profileHistory.record(entry, []);
      await stores.profileHistory.record(anEntry(other), [other]);
    });
    const list = (kind: HistoryEntry['kind'] | null, page = first as { limit: number; cursor: string | null }) =>
      stores.profileHistory.list({ profileId: profile.id, kind }, page);
    assert.deepEqual((await list(null)).items, entries.toReversed());
    assert.deepEqual((await list('saved')).items, [entries[2], entries[0]]);
    assert.deepEqual(await stores.profileHistory.savedAs(profile.id, 2), entries[2]);
    assert.equal(await stores.profileHistory.savedAs(profile.id, 3), null);
    const page = await list(null, { limit: 3, cursor: null });
    assert.deepEqual((await list(null, { limit: 3, cursor: page.next })).items, [entries[0]]);
  });

  storeTest('keeps every version as it was first kept', async (stores) => {
    const profile = aScepProfile();
    const second = { ...profile, version: 2, name: 'second', deliveryVersion: 2 };
    const { profileHistory } = stores;
    await stores.transact(async () => {
      await profileHistory.record(anEntry(profile), [profile]);
      await profileHistory.record(anEntry(second), [{ ...profile, name: 'rewritten' }, second]);
    });
    assert.deepEqual(await profileHistory.version(profile.id, 1), profile);
    assert.deepEqual(await profileHistory.version(profile.id, 2), second);
    assert.equal(await profileHistory.version(profile.id, 3), null);
    assert.deepEqual(await profileHistory.latest(profile.id), second);
    assert.equal(await profileHistory.latest(anId()), null);
  });
});
