import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makeDevice, makeGroup, makeUser } from '../../test/support/make-facts.ts';
import { rounds } from '../../test/support/rounds.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { Assignment } from '../assignments/assignment.ts';
import type { GroupId, Membership } from '../directory/group.ts';
import { groupsWithin } from './groups-within.ts';

storeTest('named groups are those that a walk upwards finds, however they nest', async (stores) => {
  const groups = Array.from({ length: 6 }, () => makeGroup());
  const members = [makeDevice(), makeDevice(), makeUser()];
  const kinds = ['device', 'device', 'user'] as const;
  await stores.transact(() => stores.groups.save(groups));
  const at = (n: number) => groups[n]?.id as GroupId;
  const place = fc.nat(groups.length - 1);
  const edge = fc.oneof(
    fc.tuple(place, place).map(([outer, inner]): Membership => {
      return { groupId: at(outer), member: { kind: 'group', id: at(inner) } };
    }),
    fc.tuple(place, fc.nat(2)).map(([outer, n]): Membership => {
      return { groupId: at(outer), member: { kind: kinds[n] ?? 'user', id: members[n]?.id ?? '' } };
    }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(edge, { maxLength: 15 }),
      fc.array(place),
      fc.option(place),
      async (add, named, pilot) => {
        const pilotGroup = pilot === null ? null : at(pilot);
        const assignments = named.map((n) => ({ target: { kind: 'group', groupId: at(n) } }) as Assignment);
        const counts = new Set<GroupId>([...named.map(at), ...(pilotGroup === null ? [] : [pilotGroup])]);
        await stores.transact(() => stores.groups.changeMembers({ add, remove: [] }));
        const groupsOf = await groupsWithin({ ...stores, pause: async () => {} }, assignments, pilotGroup);
        for (const [n, { id }] of members.entries()) {
          const kind = kinds[n] ?? 'user';
          const upwards = (await stores.memberships.groupsOf({ kind, id })).filter((groupId) => counts.has(groupId));
          assert.deepEqual([...groupsOf(kind, id)].sort(), upwards.toSorted());
        }
        await stores.transact(() => stores.groups.changeMembers({ add: [], remove: add }));
      },
    ),
    { numRuns: rounds(40, 400) },
  );
});
