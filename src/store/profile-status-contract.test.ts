/** How a profile fares: counted from indexes, and equal to a recount of all deployments whatever happens at the same time. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aChallenge, aDeployment, aDevice, anId, anIssuance, aUser, recordTime } from '../../test/support/records.ts';
import { rounds } from '../../test/support/rounds.ts';
import { storeTest } from '../../test/support/stores.ts';
import { type Deployment, type DeploymentCause, deploymentStates } from '../deployments/deployment.ts';
import { countByStatus, deploymentStatuses, statusOf } from '../deployments/deployment-status.ts';
import { stateTable } from '../deployments/state-table.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Store } from './store.ts';

async function everyPage<T>(limit: number, list: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list({ limit, cursor });
    assert.ok(page.items.length <= limit);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}

function recount(deployments: readonly Deployment[]) {
  const counts = new Map<string, number>();
  for (const { state, wanted } of deployments)
    counts.set(`${state} ${wanted}`, (counts.get(`${state} ${wanted}`) ?? 0) + 1);
  return counts;
}

async function agrees(stores: Store, profileId: ProfileId, ids: readonly Deployment['id'][]): Promise<void> {
  const stored: Deployment[] = [];
  for (const id of ids) {
    const found = await stores.deployments.get(id);
    assert.ok(found);
    stored.push(found);
  }
  const counts = await stores.profileStatus.counts(profileId);
  const counted = new Map(counts.map(({ state, wanted, count }) => [`${state} ${wanted}`, count]));
  assert.deepEqual(counted, recount(stored));
  const totals = countByStatus(counts);
  for (const status of deploymentStatuses) {
    const listed = await everyPage(3, (page) => stores.profileStatus.deployments(profileId, status, page));
    assert.equal(listed.length, totals[status], status);
    assert.ok(listed.every((each) => statusOf(each) === status));
  }
  const all = await everyPage(4, (page) => stores.profileStatus.deployments(profileId, null, page));
  assert.deepEqual(new Set(all.map(({ id }) => id)), new Set(ids));
  assert.equal(all.length, ids.length);
}

storeTest('what happens at the same time leaves counts that equal a recount', async (stores) => {
  const causes = Object.keys(stateTable) as DeploymentCause[];
  const step = fc.record({
    at: fc.nat(),
    cause: fc.constantFrom(...causes),
    issue: fc.boolean(),
    wanted: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const profileId = anId<ProfileId>();
      const deployments = Array.from({ length: 8 }, (_, i) =>
        aDeployment({ profileId, state: deploymentStates[(i * 5) % deploymentStates.length] ?? 'requested' }),
      );
      const challenges = deployments.map((each) => aChallenge(each));
      await stores.transact(async () => {
        await stores.deployments.save([...deployments, aDeployment()]);
        await stores.challenges.insert(challenges);
      });
      await Promise.all(
        steps.map(async ({ at, cause, issue, wanted }, i) => {
          const known = deployments[at % deployments.length] as Deployment;
          const challenge = challenges[at % deployments.length];
          if (issue && challenge !== undefined) return stores.ledger.commit(anIssuance(known, challenge));
          return stores.transact(async () => {
            if (!wanted) {
              const [now] = await stores.deployments.lockByDevices([known.deviceId]);
              if (now !== undefined) await stores.deployments.save([{ ...now, wanted: false }]);
            } else await stores.deployments.move(known, { cause, at: recordTime + i });
          });
        }),
      );
      await agrees(
        stores,
        profileId,
        deployments.map(({ id }) => id),
      );
    }),
    { numRuns: rounds(6, 40) },
  );
});

storeTest(
  'users are those of certificates, else those of devices, each with the counts of their own',
  async (stores) => {
    const profileId = anId<ProfileId>();
    const users = [aUser(), aUser(), aUser()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const [anna, bert, cleo] = users;
    assert.ok(anna && bert && cleo);
    const devices = [anna, anna, bert, null].map((user) => aDevice({ primaryUserId: user?.id ?? null }));
    const on = (at: number, given: Partial<Deployment>) =>
      aDeployment({ profileId, deviceId: (devices[at] as (typeof devices)[number]).id, ...given });
    await stores.transact(async () => {
      await stores.users.save(users);
      await stores.devices.save(devices);
      await stores.deployments.save([
        on(0, { state: 'installed' }),
        on(1, { state: 'installFailed' }),
        // For somebody else than whose device it is.
        on(2, { state: 'requested', userId: cleo.id }),
        on(3, { state: 'installed' }),
        aDeployment({ deviceId: (devices[2] as (typeof devices)[number]).id }),
      ]);
    });
    const found = await everyPage(1, (page) => stores.profileStatus.users(profileId, page));
    assert.deepEqual(
      found.map(({ userId, counts }) => [userId, countByStatus(counts)]),
      [
        [anna.id, { error: 1, conflict: 0, pending: 0, succeeded: 1, notApplicable: 0 }],
        [cleo.id, { error: 0, conflict: 0, pending: 1, succeeded: 0, notApplicable: 0 }],
      ],
    );
  },
);

storeTest('cursors of somebody else are refused', async (stores) => {
  const profileId = anId<ProfileId>();
  for (const cursor of ['x', '1.', '99.1.00000000-0000-7000-8000-000000000000', '1.1.1'])
    await assert.rejects(stores.profileStatus.deployments(profileId, null, { limit: 2, cursor }), {
      code: 'bad-cursor',
    });
  await assert.rejects(stores.profileStatus.users(profileId, { limit: 2, cursor: '!' }), { code: 'bad-cursor' });
});
