import assert from 'node:assert/strict';
import { anId, aScepProfile } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { Assignment } from '../assignments/assignment.ts';

storeTest(
  'profiles that did not change are the same objects, and one that was rolled back leaves nothing',
  async (stores) => {
    const [kept, edited] = [aScepProfile({ name: 'A' }), aScepProfile({ name: 'B' })];
    await stores.transact(async () => {
      await stores.profiles.save(kept);
      await stores.profiles.save(edited);
    });
    const before = await stores.profiles.all();
    const next = { ...edited, version: 2, description: 'edited', updatedAt: edited.updatedAt + 9 };
    const undone = stores.transact(async () => {
      await stores.profiles.save({ ...next, description: 'undone', updatedAt: next.updatedAt - 1 });
      assert.equal((await stores.profiles.all())[1]?.description, 'undone');
      throw new Error('undo');
    });
    await assert.rejects(undone, /undo/);
    assert.deepEqual(await stores.profiles.all(), [kept, edited]);
    await stores.transact(() => stores.profiles.save(next));
    const after = await stores.profiles.all();
    assert.equal(after[0], before[0]);
    assert.deepEqual(after[1], next);
    await stores.transact(() => stores.profiles.remove(kept.id));
    assert.deepEqual(await stores.profiles.all(), [next]);
  },
);

storeTest(
  'assignments that change places alone are in their new places, and the same objects until then',
  async (stores) => {
    const { id: profileId } = aScepProfile();
    const made = (): Assignment => ({
      id: anId<Assignment['id']>(),
      profileId,
      mode: 'include',
      target: { kind: 'allDevices' },
      filter: null,
    });
    const [first, second] = [made(), made()];
    const replace = (...assignments: Assignment[]) =>
      stores.transact(() => stores.assignments.replace(profileId, assignments));
    await replace(first, second);
    const before = await stores.assignments.all();
    assert.deepEqual(before, [first, second]);
    assert.equal(await stores.assignments.all(), before);
    await replace(second, first);
    assert.deepEqual(await stores.assignments.all(), [second, first]);
    await replace();
    assert.deepEqual(await stores.assignments.all(), []);
  },
);
