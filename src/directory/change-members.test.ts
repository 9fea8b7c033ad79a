/** What a change of memberships marks: the devices that it can touch, and no other, however large the groups are. */
import assert from 'node:assert/strict';
import { aDevice, aGroup, aUser } from '../../test/support/records.ts';
import { type openTestStores, storeTest } from '../../test/support/stores.ts';
import { systemCause as cause } from '../events/event.ts';
import { changeMembers } from './change-members.ts';
import type { Device } from './device.ts';
import type { Group, Member } from './group.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

const size = 300;

/** Outer holds middle, middle holds inner; inner has `size` people with a device each. Beside it as many strangers. */
async function scene(stores: Store) {
  const people = Array.from({ length: size }, () => aUser());
  const strangers = Array.from({ length: size }, () => aUser());
  const owned = people.map(({ id }) => aDevice({ primaryUserId: id }));
  const others = strangers.map(({ id }) => aDevice({ primaryUserId: id }));
  const [inner, middle, outer, apart] = [0, 1, 2, 3].map(() => aGroup({ kind: 'user' })) as [
    Group,
    Group,
    Group,
    Group,
  ];
  await stores.transact(async () => {
    await stores.users.save([...people, ...strangers]);
    await stores.devices.save([...owned, ...others]);
    await stores.groups.save([inner, middle, outer, apart]);
    const add = [
      ...people.map(({ id }) => ({ groupId: inner.id, member: { kind: 'user', id } as const })),
      { groupId: middle.id, member: { kind: 'group', id: inner.id } as const },
      { groupId: outer.id, member: { kind: 'group', id: middle.id } as const },
    ];
    await stores.groups.changeMembers({ add, remove: [] });
  });
  const deps = { ...stores };
  /** Changes, and answers which devices that marked. */
  const marked = async (group: Group, change: { add?: Member[]; remove?: Member[] }) => {
    await changeMembers(deps, { groupId: group.id, add: change.add ?? [], remove: change.remove ?? [], cause });
    const taken = await stores.dirtyQueue.take(10_000);
    await stores.transact(() => stores.dirtyQueue.done(taken));
    return taken.map(({ deviceId }) => deviceId).sort();
  };
  return { people, strangers, owned, others, inner, middle, outer, apart, marked };
}

const idsOf = (devices: readonly (Device | undefined)[]) => devices.map((device) => device?.id).sort();
const asUser = (user: { readonly id: string } | undefined): Member => ({ kind: 'user', id: user?.id ?? '' });
const asGroup = ({ id }: Group): Member => ({ kind: 'group', id });

storeTest('one person into a large nested group marks that person’s devices alone', async (stores) => {
  const { strangers, others, inner, marked } = await scene(stores);
  assert.deepEqual(await marked(inner, { add: [asUser(strangers[7])] }), idsOf([others[7]]));
  assert.deepEqual(await marked(inner, { add: [asUser(strangers[7])] }), [], 'again: nothing has changed');
  assert.deepEqual(await marked(inner, { remove: [asUser(strangers[7])] }), idsOf([others[7]]));
  assert.deepEqual(await marked(inner, { remove: [asUser(strangers[7])] }), []);
});

storeTest('a group into a group marks the devices of all within, through nesting, and no other', async (stores) => {
  const { owned, middle, apart, marked, strangers, others } = await scene(stores);
  assert.deepEqual(await marked(apart, { add: [asUser(strangers[1])] }), idsOf([others[1]]));
  assert.deepEqual(await marked(apart, { add: [asGroup(middle)] }), idsOf(owned));
  assert.deepEqual(await marked(middle, { add: [asGroup(apart)] }), idsOf([...owned, others[1]]), 'a circle');
  assert.deepEqual(await marked(apart, { remove: [asUser(strangers[1])] }), idsOf([others[1]]));
});

storeTest('a group without anybody marks nothing', async (stores) => {
  const { outer, apart, marked } = await scene(stores);
  assert.deepEqual(await marked(outer, { add: [asGroup(apart)] }), []);
});
