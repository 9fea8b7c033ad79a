import assert from 'node:assert/strict';
import { makeDevice, makeFilter, makeGroup, makeId, makeUser } from '../../test/support/make-facts.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { GroupId } from '../directory/group.ts';
import type { DraftAssignment } from '../profiles/profile-draft.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { AssignmentId } from './assignment.ts';
import type { FilterId } from './filter/filter.ts';
import type { NewAssignment } from './new-assignment.ts';
import { assignmentsFromDraft, draftFromAssignments } from './target-names.ts';

const stored = (all: readonly NewAssignment[]) =>
  all.map(({ filter = null, ...each }) => ({
    ...each,
    filter,
    id: makeId<AssignmentId>(),
    profileId: 'p' as ProfileId,
  }));

storeTest('names become ids and names again', async (stores) => {
  const user = makeUser({ userPrincipalName: 'ada@example.org' });
  const group = makeGroup({ name: 'Sales' });
  const device = makeDevice({ deviceName: 'kiosk' });
  const filter = makeFilter({ name: 'Debian' });
  await stores.transact(async () => {
    await stores.users.save([user]);
    await stores.groups.save([group]);
    await stores.devices.save([device]);
    await stores.filters.save(filter);
  });
  const drafts: DraftAssignment[] = [
    { mode: 'include', target: { kind: 'allUsers' } },
    { mode: 'include', target: { kind: 'group', name: 'Sales' }, filter: { mode: 'exclude', name: 'Debian' } },
    { mode: 'exclude', target: { kind: 'user', userPrincipalName: 'ada@example.org' } },
    { mode: 'exclude', target: { kind: 'device', deviceName: 'kiosk' } },
  ];
  const assignments = await assignmentsFromDraft(stores, drafts);
  assert.deepEqual(
    assignments.map(({ target }) => target),
    [
      { kind: 'allUsers' },
      { kind: 'group', groupId: group.id },
      { kind: 'user', userId: user.id },
      { kind: 'device', deviceId: device.id },
    ],
  );
  assert.deepEqual(assignments[1]?.filter, { filterId: filter.id, mode: 'exclude' });
  assert.deepEqual(await draftFromAssignments(stores, stored(assignments)), drafts);
});

storeTest('where a name means several the id is written, and taken', async (stores) => {
  const twins = [makeDevice({ deviceName: 'twin' }), makeDevice({ deviceName: 'twin' })] as const;
  await stores.transact(() => stores.devices.save(twins));
  const named: DraftAssignment = { mode: 'include', target: { kind: 'device', deviceName: 'twin' } };
  await assert.rejects(assignmentsFromDraft(stores, [named]), { code: 'ambiguous-name' });
  const byId: DraftAssignment = { mode: 'include', target: { kind: 'device', deviceName: twins[1].id } };
  const assignments = await assignmentsFromDraft(stores, [byId]);
  assert.deepEqual(await draftFromAssignments(stores, stored(assignments)), [byId]);
});

storeTest('a target that is not there is refused; one that has gone is left out', async (stores) => {
  const nobody: DraftAssignment = { mode: 'include', target: { kind: 'group', name: 'No Such Group' } };
  await assert.rejects(assignmentsFromDraft(stores, [nobody]), { code: 'target-not-found' });
  const gone = { mode: 'include', target: { kind: 'group', groupId: makeId<GroupId>() } } as const;
  assert.deepEqual(await draftFromAssignments(stores, stored([gone])), []);
});

storeTest(
  'a filter that is not there is refused; one that has gone stays, by its id, so that nobody gets more',
  async (stores) => {
    const allDevices = { mode: 'include', target: { kind: 'allDevices' } } as const;
    const named: DraftAssignment = { ...allDevices, filter: { mode: 'include', name: 'No Such Filter' } };
    await assert.rejects(assignmentsFromDraft(stores, [named]), { code: 'filter-not-found' });
    const filterId = makeId<FilterId>();
    const gone = { ...allDevices, filter: { mode: 'include', filterId } } as const;
    assert.deepEqual(await draftFromAssignments(stores, stored([gone])), [
      { ...allDevices, filter: { mode: 'include', name: filterId } },
    ]);
  },
);
