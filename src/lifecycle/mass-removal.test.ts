/** What many devices would lose at once waits for somebody's word, on both stores. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type RemovalLab, removalLab } from '../../test/support/removal-lab.ts';
import { rounds } from '../../test/support/rounds.ts';
import { openTestStores, storeTest } from '../../test/support/stores.ts';
import { assign } from '../assignments/assign.ts';
import { systemCause as cause } from '../events/event.ts';
import { day, hour, minute } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { deleteProfile } from '../profiles/delete-profile.ts';
import { decideRemovals } from './decide-removals.ts';
import { defaultMassRemoval, devicesThatMatter, massLimits } from './mass-removal.ts';
import { reconcile } from './reconcile.ts';
import { remindOfRemovals } from './remind-of-removals.ts';

const all = (value: boolean, count: number) => Array<boolean>(count).fill(value);

async function brief(lab: RemovalLab) {
  return (await lab.deployments()).map(({ wanted, removal, state }) => [wanted, removal, state]);
}

test('how many are many depends on the fleet, and never on few', () => {
  const limits = (devices: number, change = {}) =>
    massLimits({ ...defaultMassRemoval, ...change }, devices).map((limit) => limit.devices);
  assert.deepEqual(limits(5), [10, 10]);
  assert.deepEqual(limits(300), [30, 30]);
  assert.deepEqual(limits(1000), [100, 100]);
  assert.deepEqual(limits(100_000), [100, 300]);
  assert.deepEqual(limits(100_000, { hold: false }), []);
  assert.deepEqual(limits(devicesThatMatter(defaultMassRemoval)), limits(10_000_000));
});

storeTest('a group emptied by mistake and refilled leaves no trace', async (stores) => {
  const lab = await removalLab(stores, { devices: 12 });
  const before = await lab.deployments();
  await lab.empty();
  await lab.settle();
  assert.deepEqual(
    (await brief(lab)).map(([wanted, removal]) => [wanted, removal]),
    all(true, 12).map((wanted) => [wanted, 'held']),
  );
  const cases = await lab.waiting();
  assert.deepEqual(
    cases.map(({ profileId, occasion }) => [profileId, occasion]).sort(),
    [lab.root.id, lab.profile.id].map((id) => [id, 'leftGroup']).sort(),
  );
  assert.equal((await stores.removalCases.sizes(cases.map(({ id }) => id))).get(cases[0]?.id as never), 12);
  assert.equal(await lab.revokeDue(), 0);
  lab.pass(5 * hour);
  await lab.settle();
  assert.equal((await lab.waiting()).length, 2, 'time alone decides nothing');
  await lab.refill();
  await lab.settle();
  const after = await lab.deployments();
  assert.deepEqual(
    after.map(({ updatedAt: _, ...rest }) => rest),
    before.map(({ updatedAt: _, ...rest }) => rest),
  );
  assert.deepEqual(await lab.standing(), all(true, 12));
  assert.deepEqual(await lab.waiting(), []);
  const { items } = await stores.removalCases.list({ state: 'undone' }, { limit: 9, cursor: null });
  assert.equal(items.length, 2);
  assert.deepEqual(await stores.removals.ofDevices(lab.devices.map(({ id }) => id)), []);
});

storeTest(
  'what nobody has decided about is many however long ago it was held, as when the server was down',
  async (stores) => {
    const lab = await removalLab(stores, { devices: 12 });
    await lab.empty();
    while ((await reconcile(lab.deps, { limit: 4, cause })).devices > 0);
    lab.pass(2 * hour);
    await lab.settle();
    assert.deepEqual(await lab.standing(), all(true, 12));
    assert.equal(await lab.revokeDue(), 0);
    assert.equal((await lab.waiting()).length, 2);
  },
);

storeTest('what another node adds while few are counted does not go along with them', async (stores) => {
  const lab = await removalLab(stores, { devices: 12 });
  const [device, ...others] = lab.devices;
  assert.ok(device);
  const settling = async (which: typeof others) => {
    await lab.empty(which);
    while ((await reconcile(lab.deps, { limit: 12, cause })).devices > 0);
  };
  // Nothing is held for one alone, so that it is held is made so.
  await stores.transact(() => stores.massRemoval.put({ ...defaultMassRemoval, fewest: 1, devices: 1 }));
  await settling([device]);
  await stores.transact(() => stores.massRemoval.put(defaultMassRemoval));
  let counts = 0;
  const removals: typeof stores.removals = {
    ...stores.removals,
    async countSince(since, most) {
      const counted = await stores.removals.countSince(since, most);
      // Within the short window, then within the long one.
      if (++counts === 2) await settling(others);
      return counted;
    },
  };
  const gone = new Set<string>();
  await decideRemovals({
    ...lab.deps,
    removals,
    limits: stores,
    carryOut: async (which) => {
      for (const { deviceId } of which) gone.add(deviceId);
    },
  });
  assert.deepEqual([...gone], [device.id]);
});

storeTest('confirmed, they go and are revoked by a job; who is wanted again by then stays', async (stores) => {
  const lab = await removalLab(stores, { devices: 12 });
  await lab.empty();
  await lab.settle();
  const [first] = lab.devices;
  assert.ok(first);
  await lab.refill([first]);
  for (const one of await lab.waiting()) assert.equal((await lab.confirm(one)).state, 'confirmed');
  while ((await lab.work()) > 0);
  assert.equal(await lab.revokeDue(), 11);
  assert.deepEqual(await lab.standing(), [true, ...all(false, 11)]);
  const [kept, ...gone] = await brief(lab);
  assert.deepEqual(kept, [true, null, 'issued']);
  assert.deepEqual(
    gone,
    all(true, 11).map(() => [false, null, 'revoked']),
  );
  const [certificate] = (await lab.deployments()).slice(1);
  const revoked = await stores.certificates.get(certificate?.currentCertificateId as never);
  assert.equal(revoked?.revocationReason, 'privilegeWithdrawn');
  const jobs = (await stores.jobs.list({ state: 'done' }, { limit: 9, cursor: null })).items;
  assert.equal(jobs.length, 2);
  for (const { total, done, failed } of jobs) assert.deepEqual([total, done, failed], [12, 11, 0]);
  const [one] = (await stores.removalCases.list({ state: 'confirmed' }, { limit: 1, cursor: null })).items;
  assert.ok(one);
  await assert.rejects(lab.confirm(one), (error) => isFailure(error, 'removal-settled'));
});

storeTest('rejected, devices keep what they have; it may be confirmed after all', async (stores) => {
  const lab = await removalLab(stores, { devices: 12 });
  await lab.empty();
  await lab.settle();
  for (const one of await lab.waiting()) await lab.reject(one);
  await stores.transact(() => stores.dirtyQueue.markAll());
  await lab.settle();
  assert.deepEqual(await lab.standing(), all(true, 12));
  assert.deepEqual(await lab.waiting(), [], 'nobody is asked again');
  const { items } = await stores.removalCases.list({ state: 'rejected' }, { limit: 9, cursor: null });
  for (const one of items) await lab.confirm(one);
  while ((await lab.work()) > 0);
  await lab.revokeDue();
  assert.deepEqual(await lab.standing(), all(false, 12));
});

storeTest(
  'few go at once, and are revoked at once; many in small steps are noticed when they are many',
  async (stores) => {
    const lab = await removalLab(stores, { devices: 14 });
    for (const [at, device] of lab.devices.entries()) {
      lab.pass(1000);
      await lab.empty([device]);
      await lab.settle();
      const held = (await lab.deployments()).filter(({ removal }) => removal === 'held').length;
      assert.equal(held, Math.max(0, at - 8), `after ${at + 1}`);
    }
    assert.equal(await lab.revokeDue(), 9);
    const [one] = (await lab.waiting()).filter(({ profileId }) => profileId === lab.profile.id);
    assert.equal((await stores.removalCases.items(one?.id as never, null, 99)).length, 5);
  },
);

storeTest('what was long ago does not count', async (stores) => {
  const lab = await removalLab(stores, { devices: 14 });
  await lab.empty(lab.devices.slice(0, 7));
  await lab.settle();
  lab.pass(25 * hour);
  await lab.empty(lab.devices.slice(7));
  await lab.settle();
  assert.equal((await lab.deployments()).filter(({ wanted }) => wanted).length, 0);
  assert.ok((await stores.transact(() => stores.forgetRemovals(0))) === 0);
  await lab.revokeDue();
  assert.equal(await stores.transact(() => stores.forgetRemovals(Number.MAX_SAFE_INTEGER)), 28);
});

storeTest('soon after the others one is of them; much later it goes by itself', async (stores) => {
  const lab = await removalLab(stores, { devices: 16 });
  const [soon, late, ...others] = lab.devices;
  assert.ok(soon && late);
  await lab.empty(others);
  await lab.settle();
  const [one] = (await lab.waiting()).filter(({ profileId }) => profileId === lab.profile.id);
  assert.ok(one);
  lab.pass(30 * minute);
  await lab.empty([soon]);
  await lab.settle();
  const [joined] = (await lab.waiting()).filter(({ profileId }) => profileId === lab.profile.id);
  assert.ok(joined && joined.joinedAt > joined.openedAt);
  assert.equal((await stores.removalCases.sizes([one.id])).get(one.id), 15);
  lab.pass(3 * hour);
  await lab.empty([late]);
  await lab.settle();
  assert.equal(await lab.revokeDue(), 1);
  assert.deepEqual(await lab.standing(), [true, false, ...all(true, 14)]);
  assert.equal((await stores.removalCases.sizes([one.id])).get(one.id), 15);
  assert.equal((await lab.waiting()).length, 2);
});

storeTest('devices that dribble out are noticed within a day, and wait together', async (stores) => {
  const lab = await removalLab(stores, { devices: 16 });
  for (const device of lab.devices) {
    lab.pass(90 * minute);
    await lab.empty([device]);
    await lab.settle();
  }
  assert.equal(await lab.revokeDue(), 9);
  const waiting = (await lab.waiting()).filter(({ profileId }) => profileId === lab.profile.id);
  assert.equal(waiting.length, 1);
  assert.equal((await stores.removalCases.items(waiting[0]?.id as never, null, 99)).length, 7);
});

storeTest('what was confirmed was meant: the next one alone goes at once', async (stores) => {
  const lab = await removalLab(stores, { devices: 14 });
  const last = lab.devices.slice(13);
  for (const device of lab.devices.slice(0, 13)) {
    lab.pass(90 * minute);
    await lab.empty([device]);
    await lab.settle();
  }
  for (const one of await lab.waiting()) await lab.confirm(one);
  while ((await lab.work()) > 0);
  await lab.empty(last);
  await lab.settle();
  assert.deepEqual(await lab.waiting(), []);
  await lab.revokeDue();
  assert.deepEqual(await lab.standing(), all(false, 14));
});

storeTest('many again, days later, are decided about by themselves', async (stores) => {
  const lab = await removalLab(stores, { devices: 24 });
  await lab.empty(lab.devices.slice(0, 12));
  await lab.settle();
  lab.pass(3 * day);
  await lab.empty(lab.devices.slice(12));
  await lab.settle();
  const waiting = (await lab.waiting()).filter(({ profileId }) => profileId === lab.profile.id);
  const sizes = await stores.removalCases.sizes(waiting.map(({ id }) => id));
  assert.deepEqual([...sizes.values()], [12, 12]);
  for (const one of (await lab.waiting()).filter(({ openedAt }) => openedAt === waiting[0]?.openedAt))
    await lab.confirm(one);
  while ((await lab.work()) > 0);
  await lab.revokeDue();
  assert.deepEqual(await lab.standing(), [...all(false, 12), ...all(true, 12)]);
});

storeTest('who comes to a case that was decided meanwhile does not join it', async (stores) => {
  const lab = await removalLab(stores, { devices: 12 });
  await lab.empty();
  await lab.settle();
  const [one] = await lab.waiting();
  assert.ok(one);
  assert.equal(await stores.transact(() => stores.removalCases.join(one.id, one.openedAt + 1)), true);
  await lab.reject(one);
  assert.equal(await stores.transact(() => stores.removalCases.join(one.id, one.openedAt + 2)), false);
  assert.equal((await stores.removalCases.get(one.id))?.joinedAt, one.openedAt + 1);
});

storeTest('nobody decides, and is told so after a day and every day', async (stores) => {
  const lab = await removalLab(stores, { devices: 12 });
  await lab.empty();
  await lab.settle();
  const lease = await stores.transact(() => stores.leases.take('removal-reminders', 'a', null));
  assert.ok(lease);
  const remind = async () => (await remindOfRemovals(lab.deps, { lease, cause })).length;
  assert.equal(await remind(), 0);
  lab.pass(25 * hour);
  assert.deepEqual([await remind(), await remind()], [2, 0]);
  lab.pass(25 * hour);
  for (const one of (await lab.waiting()).slice(1)) await lab.reject(one);
  assert.equal(await remind(), 1);
  const { items } = await stores.events.list({ subject: null, types: ['removal.overdue'] }, { limit: 9, cursor: null });
  assert.equal(items.length, 3);
  assert.equal(items[0]?.data.deployments, 12);
});

storeTest('a delayed revocation comes when its day has come, and not if it is wanted again before', async (stores) => {
  const rule = { removeFromDevice: false, revoke: true, afterDays: 7, reason: 'superseded' } as const;
  const lab = await removalLab(stores, { devices: 2, removal: { leftGroup: rule } });
  await lab.empty();
  await lab.settle();
  assert.deepEqual(
    (await brief(lab)).map(([wanted, removal]) => [wanted, removal]),
    [
      [false, 'left'],
      [false, 'left'],
    ],
  );
  lab.pass(6 * day);
  assert.equal(await lab.revokeDue(), 0);
  await lab.refill(lab.devices.slice(0, 1));
  await lab.settle();
  assert.deepEqual((await brief(lab))[0], [true, null, 'issued'], 'the same certificate serves on');
  lab.pass(2 * day);
  assert.equal(await lab.revokeDue(), 1);
  assert.deepEqual(await lab.standing(), [true, false]);
  const second = (await lab.deployments())[1];
  const revoked = await stores.certificates.get(second?.currentCertificateId as never);
  assert.equal(revoked?.revocationReason, 'superseded');
});

storeTest(
  'what was rejected ends all the same when its profile is deleted, after somebody was asked again',
  async (stores) => {
    const lab = await removalLab(stores, { devices: 12 });
    await lab.empty();
    await lab.settle();
    for (const one of await lab.waiting()) await lab.reject(one);
    await deleteProfile(lab.deps, { id: lab.profile.id, version: null, cause });
    await lab.settle();
    assert.deepEqual(await lab.standing(), all(true, 12));
    const [one, ...others] = await lab.waiting();
    assert.ok(one && others.length === 0);
    assert.deepEqual([one.profileId, one.occasion], [lab.profile.id, 'profileDeleted']);
    await stores.transact(() => stores.dirtyQueue.markAll());
    await lab.settle();
    assert.equal((await stores.removalCases.sizes([one.id])).get(one.id), 12);
    await lab.confirm(one);
    while ((await lab.work()) > 0);
    assert.equal(await lab.revokeDue(), 12);
    assert.deepEqual(await lab.standing(), all(false, 12));
  },
);

storeTest('unassigning is told from leaving a group, and a deleted profile keeps its rules', async (stores) => {
  const never = { removeFromDevice: true, revoke: false, afterDays: 0, reason: 'unspecified' } as const;
  const lab = await removalLab(stores, { devices: 1, removal: { unassigned: never } });
  await assign(lab.deps, { profileId: lab.profile.id, assignments: [], cause });
  await lab.settle();
  assert.equal(await lab.revokeDue(), 0);
  const target = { kind: 'group', groupId: lab.group.id } as const;
  await assign(lab.deps, { profileId: lab.profile.id, assignments: [{ mode: 'include', target }], cause });
  await lab.settle();
  await deleteProfile(lab.deps, { id: lab.profile.id, version: null, cause });
  await lab.settle();
  assert.equal(await lab.revokeDue(), 1);
  const [deployment] = await lab.deployments();
  const revoked = await stores.certificates.get(deployment?.currentCertificateId as never);
  assert.equal(revoked?.revocationReason, 'cessationOfOperation');
  const subject = { kind: 'deployment', id: deployment?.id as string } as const;
  const { items } = await stores.events.list({ subject, types: ['deployment.removed'] }, { limit: 9, cursor: null });
  assert.deepEqual(
    items.map(({ data }) => data.occasion),
    ['profileDeleted', 'unassigned'],
  );
});

test('whatever is emptied, refilled and decided in whatever order: nobody who is wanted loses a certificate', async () => {
  const devices = 12;
  const some = fc.uniqueArray(fc.nat(devices - 1), { minLength: 1, maxLength: devices });
  const step = fc.oneof(
    fc.record({ what: fc.constantFrom('empty', 'refill'), which: some }),
    fc.record({
      what: fc.constantFrom('settle', 'confirm', 'reject', 'work', 'revoke', 'wait', 'issue'),
      which: fc.constant<number[]>([]),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      await using stores = await openTestStores();
      const lab = await removalLab(stores, { devices });
      const inside = new Set(lab.devices.keys());
      /** Wanted without a break since the last time that all was settled, with a certificate that stood then. */
      let mustStand = new Set(inside);
      for (const { what, which } of steps) {
        const chosen = lab.devices.filter((_, at) => which.includes(at));
        if (what === 'empty') {
          await lab.empty(chosen);
          for (const at of which) inside.delete(at);
        } else if (what === 'refill') {
          await lab.refill(chosen);
          for (const at of which) inside.add(at);
        } else if (what === 'settle') await lab.settle();
        else if (what === 'confirm') for (const one of await lab.waiting()) await lab.confirm(one);
        else if (what === 'reject') for (const one of await lab.waiting()) await lab.reject(one);
        else if (what === 'work') await lab.work();
        else if (what === 'revoke') {
          // Revocations follow the reconciling of what was marked before, as the server does it.
          await lab.settle();
          await lab.revokeDue();
        } else if (what === 'wait') lab.pass(2 * hour);
        else await lab.issue();
        mustStand = new Set([...mustStand].filter((at) => inside.has(at)));
        const standing = await lab.standing();
        for (const at of mustStand) assert.ok(standing[at], `d${at} is wanted, and lost its certificate by ${what}`);
        if (what === 'settle' || what === 'issue') for (const at of inside) if (standing[at]) mustStand.add(at);
      }
      // In the end everybody who is inside has one that stands, and nobody is held who is inside.
      await lab.refill();
      await lab.settle();
      await lab.revokeDue();
      while ((await lab.work()) > 0);
      await lab.revokeDue();
      await lab.issue();
      assert.deepEqual(await lab.standing(), all(true, devices));
      assert.ok((await lab.deployments()).every(({ wanted, removal }) => wanted && removal === null));
    }),
    { numRuns: rounds(15, 200) },
  );
});
