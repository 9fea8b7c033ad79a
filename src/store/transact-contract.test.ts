/** What `transact` promises, on both stores. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  aCertificate,
  aChallenge,
  aDeployment,
  aDevice,
  aGroup,
  aScepProfile,
  aUser,
  recordTime,
} from '../../test/support/records.ts';
import { openTestStores, storeTest } from '../../test/support/stores.ts';
import type { TokenId } from '../access/api-token.ts';
import type { CrlStore } from '../authority/crl-store.ts';
import type { CredentialId } from '../delivery/device-credential.ts';
import type { JoinTokenId } from '../delivery/join-token.ts';
import type { PendingRequestId } from '../enrollment/pending-request.ts';
import { isFailure } from '../lib/failure.ts';
import type { Store } from './store.ts';
import { WriteOutsideTransaction } from './transaction.ts';

/** Hands the turn to others, as often as it takes for any promise that is ready. */
const others = () => new Promise<void>((resolve) => setImmediate(resolve));

suite('transact', () => {
  storeTest('keeps everything or nothing', async (stores) => {
    const [kept, lost] = [aDevice(), aDevice()];
    await stores.transact(() => stores.devices.save([kept]));
    await assert.rejects(
      stores.transact(async () => {
        await stores.devices.save([lost]);
        await stores.dirtyQueue.mark([lost.id]);
        assert.deepEqual(await stores.devices.get(lost.id), lost, 'it reads what it wrote');
        throw new Error('no');
      }),
      /^Error: no$/,
    );
    assert.deepEqual(await stores.devices.get(kept.id), kept);
    assert.equal(await stores.devices.get(lost.id), null);
    assert.equal(await stores.dirtyQueue.size(), 0);
  });

  storeTest('shows nothing to others before it is committed', async (stores) => {
    const device = aDevice();
    let seen: unknown = 'not asked';
    const asked = Promise.withResolvers<void>();
    const outside = asked.promise.then(async () => {
      seen = await stores.devices.get(device.id);
    });
    await stores.transact(async () => {
      await stores.devices.save([device]);
      asked.resolve();
      await others();
      await outside;
    });
    assert.equal(seen, null);
    assert.deepEqual(await stores.devices.get(device.id), device);
  });

  storeTest('two at once do not mix', async (stores) => {
    const [first, second] = [aDevice({ deviceName: 'first' }), aDevice({ deviceName: 'second' })];
    const results = await Promise.allSettled([
      stores.transact(async () => {
        await stores.devices.save([first]);
        await others();
        await stores.settings.put('first', 1);
        throw new Error('rolled back');
      }),
      stores.transact(async () => {
        await stores.devices.save([second]);
        await others();
        await stores.settings.put('second', 2);
      }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'fulfilled'],
    );
    assert.deepEqual([await stores.devices.get(first.id), await stores.settings.get('first')], [null, null]);
    assert.deepEqual([await stores.devices.get(second.id), await stores.settings.get('second')], [second, 2]);
  });

  storeTest('a nested call joins: it is undone with the outer one', async (stores) => {
    await assert.rejects(
      stores.transact(async () => {
        await stores.transact(() => stores.settings.put('nested', true));
        throw new Error('outer');
      }),
      /outer/,
    );
    assert.equal(await stores.settings.get('nested'), null);
    await stores.transact(() => stores.transact(() => stores.settings.put('nested', true)));
    assert.equal(await stores.settings.get('nested'), true);
  });

  storeTest('when a nested call throws, the outer one cannot succeed', async (stores) => {
    await assert.rejects(
      stores.transact(async () => {
        await stores.settings.put('outer', true);
        await stores
          .transact(async () => {
            await stores.settings.put('nested', true);
            throw new Error('nested failed');
          })
          .catch(() => {});
      }),
      /nested failed/,
    );
    assert.deepEqual([await stores.settings.get('outer'), await stores.settings.get('nested')], [null, null]);
  });

  storeTest('what is stored already is a conflict, and ends the transaction', async (stores) => {
    const user = aUser();
    const twin = aUser({ userPrincipalName: user.userPrincipalName.toUpperCase() });
    await stores.transact(() => stores.users.save([user]));
    await assert.rejects(
      stores.transact(async () => {
        await stores.settings.put('before', 1);
        await stores.users.save([twin]).catch(() => {});
      }),
      (error) => isFailure(error, 'already-exists') && error.kind === 'conflict',
    );
    assert.equal(await stores.settings.get('before'), null);
  });

  storeTest('work that outlives its transaction writes nothing', async (stores) => {
    let late: Promise<void> | undefined;
    await stores.transact(async () => {
      late = others().then(() => stores.settings.put('late', 1));
      late.catch(() => {});
    });
    await assert.rejects(async () => late, WriteOutsideTransaction);
    assert.equal(await stores.settings.get('late'), null);
  });

  storeTest('a transaction begun by work that outlived another is one of its own', async (stores) => {
    let late: Promise<void> | undefined;
    await stores.transact(async () => {
      late = others().then(() => stores.transact(() => stores.settings.put('late', 1)));
    });
    await late;
    assert.equal(await stores.settings.get('late'), 1);
  });

  storeTest('many at once all come through', async (stores) => {
    const devices = Array.from({ length: 60 }, () => aDevice());
    await Promise.all(devices.map((device) => stores.transact(() => stores.devices.save([device]))));
    const query = { search: null, platform: null, primaryUserId: null };
    assert.equal((await stores.devices.list(query, { limit: 100, cursor: null })).items.length, 60);
  });

  storeTest('every write is refused outside of one', async (stores) => {
    for (const [name, write] of Object.entries(writes(stores)))
      await assert.rejects(write, WriteOutsideTransaction, `${name} wrote outside of a transaction`);
  });

  test('two transactions that would wait for each other on PostgreSQL are both done in the end', {
    skip: process.env.SCEPWARD_TEST_POSTGRES === undefined && 'needs SCEPWARD_TEST_POSTGRES (npm test sets it)',
  }, async () => {
    await using stores = await openTestStores({ kind: 'postgres' });
    const [a, b] = [aDevice(), aDevice()];
    await stores.transact(() => stores.devices.save([a, b]));
    const bothHoldOne = Promise.withResolvers<void>();
    let holding = 0;
    const crossing = (first: typeof a, second: typeof a, at: number) =>
      stores.transact(async () => {
        await stores.devices.touch([[first.id, at]]);
        if (++holding === 2) bothHoldOne.resolve();
        await bothHoldOne.promise;
        await stores.devices.touch([[second.id, at]]);
      });
    await Promise.all([crossing(a, b, 1), crossing(b, a, 2)]);
    assert.ok(holding >= 3, 'one of them was run again');
    const [left, right] = await stores.devices.getMany([a.id, b.id]);
    assert.equal(left?.lastCheckIn, right?.lastCheckIn);
  });
});

function writes(stores: Store): Record<string, () => Promise<unknown>> {
  const deployment = aDeployment();
  const challenge = aChallenge(deployment);
  const [user, device, group] = [aUser(), aDevice(), aGroup()];
  const crl: Parameters<CrlStore['publish']>[0] = {
    issuerId: aCertificate().issuerId,
    shard: 0,
    number: 1,
    der: new Uint8Array([48]),
    thisUpdate: 1,
    nextUpdate: 2,
  };
  return {
    'users.save': () => stores.users.save([user]),
    'users.remove': () => stores.users.remove([user.id]),
    'devices.save': () => stores.devices.save([device]),
    'devices.touch': () => stores.devices.touch([[device.id, 1]]),
    'devices.remove': () => stores.devices.remove([device.id]),
    'groups.save': () => stores.groups.save([group]),
    'groups.remove': () => stores.groups.remove([group.id]),
    'groups.changeMembers': () =>
      stores.groups.changeMembers({
        add: [{ groupId: group.id, member: { kind: 'device', id: device.id } }],
        remove: [],
      }),
    'dirtyQueue.mark': () => stores.dirtyQueue.mark([device.id]),
    'dirtyQueue.markAll': () => stores.dirtyQueue.markAll(),
    'dirtyQueue.done': () => stores.dirtyQueue.done([{ mark: 1, deviceId: device.id }]),
    'profiles.save': () => stores.profiles.save(aScepProfile()),
    'profiles.remove': () => stores.profiles.remove(aScepProfile().id),
    'assignments.replace': () => stores.assignments.replace(aScepProfile().id, []),
    'deployments.save': () => stores.deployments.save([deployment]),
    'deployments.move': () => stores.deployments.move(deployment, { cause: 'issued', at: 0 }),
    'deployments.lockByDevices': () => stores.deployments.lockByDevices([device.id]),
    'challenges.insert': () => stores.challenges.insert([challenge]),
    'challenges.bind': () => stores.challenges.bind(challenge.id, 'k'),
    'challenges.cancel': () => stores.challenges.cancel([deployment.id], 'why'),
    'keys.insert': () =>
      stores.keys.insert({
        id: 'k' as never,
        purpose: 'ra',
        publicKey: new Uint8Array(1),
        sealed: null,
        createdAt: recordTime,
      }),
    'certificates.insert': () => stores.certificates.insert(aCertificate()),
    'certificates.revoke': () => stores.certificates.revoke(aCertificate().id, 1, 'superseded'),
    'certificates.markInstalled': () => stores.certificates.markInstalled(aCertificate().id, 1),
    'crls.publish': () => stores.crls.publish(crl),
    'pendingRequests.decide': () => stores.pendingRequests.decide('p' as PendingRequestId, 'approved', 1, 'me'),
    'tokens.touch': () => stores.tokens.touch('t' as TokenId, 1),
    'tokens.revoke': () => stores.tokens.revoke('t' as TokenId, 1),
    'credentials.markUsed': () => stores.credentials.markUsed('c' as CredentialId, 1),
    'credentials.revoke': () => stores.credentials.revoke(device.id, null, 1),
    'joinTokens.use': () => stores.joinTokens.use('j' as JoinTokenId, 1),
    'cadence.put': () => stores.cadence.put({ early: [], steady: 1 }),
    'events.append': () =>
      stores.events.append([
        {
          type: 'directory.changed',
          cause: { actor: { kind: 'system', id: null, name: 'x' }, requestId: null },
          subjects: [],
          data: {},
        },
      ]),
    'settings.put': () => stores.settings.put('x', 1),
    'settings.remove': () => stores.settings.remove('x'),
    'leases.take': () => stores.leases.take('l', 'n', null),
    'leases.beat': () => stores.leases.beat({ name: 'l', token: 1 }),
    'leases.release': () => stores.leases.release({ name: 'l', token: 1 }),
    'idempotency.removeExpired': () => stores.idempotency.removeExpired(1),
  };
}
