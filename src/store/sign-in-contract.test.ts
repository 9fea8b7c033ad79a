/** Administrators, their passwords, codes and sessions, and what is counted of failed sign-ins, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { anId, recordTime, someHex } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { Administrator } from '../access/administrator.ts';
import type { IdentityProvider } from '../access/identity-provider.ts';
import type { Passkey } from '../access/passkey.ts';
import type { Session } from '../access/session.ts';
import type { SignInCode } from '../access/sign-in-code.ts';
import { day, hour, minute } from '../lib/clock.ts';

const administrator = (given: Partial<Administrator> = {}): Administrator => ({
  id: anId<Administrator['id']>(),
  name: 'Jordan Alvarez',
  signInName: 'Jordan@Alder.example',
  state: 'active',
  version: 1,
  createdAt: recordTime,
  updatedAt: recordTime,
  lastSignInAt: null,
  ...given,
});

const session = (given: Partial<Session> = {}): Session => ({
  id: anId<Session['id']>(),
  administratorId: anId<Administrator['id']>(),
  method: 'password',
  secretHash: someHex(32),
  secretSince: recordTime,
  nextHash: null,
  previousHash: null,
  createdAt: recordTime,
  lastSeenAt: recordTime,
  idle: hour,
  endsAt: recordTime + day,
  address: '192.0.2.7',
  userAgent: 'Mozilla/5.0',
  providerId: null,
  groups: ['a "quoted" group'],
  ...given,
});

const code = (given: Partial<SignInCode> = {}): SignInCode => ({
  id: anId<SignInCode['id']>(),
  administratorId: null,
  secretHash: someHex(32),
  createdAt: recordTime,
  expiresAt: null,
  ...given,
});

suite('sign-in', () => {
  storeTest(
    'an administrator is found by sign-in name without regard to case, and saved by version',
    async (stores) => {
      const first = administrator();
      const other = administrator({ signInName: 'a.reader' });
      await stores.transact(async () => {
        await stores.administrators.lock();
        assert.equal(await stores.administrators.save(first), true);
        assert.equal(await stores.administrators.save(other), true);
      });
      assert.deepEqual(await stores.administrators.findBySignInName(' JORDAN@alder.EXAMPLE'), first);
      assert.deepEqual(await stores.administrators.all(), [other, first]);
      await assert.rejects(
        stores.transact(() => stores.administrators.save(administrator({ signInName: 'jordan@alder.example' }))),
        { code: 'already-exists' },
      );
      await stores.transact(() => stores.administrators.signedIn(first.id, 5));
      const changed = { ...first, state: 'disabled', version: 2, updatedAt: 6 } as const;
      const save = () => stores.transact(() => stores.administrators.save(changed));
      assert.deepEqual([await save(), await save()], [true, false]);
      assert.deepEqual(await stores.administrators.get(first.id), { ...changed, lastSignInAt: 5 });
    },
  );

  storeTest('with an administrator goes all that is theirs, and nothing of anybody else', async (stores) => {
    const [gone, stays] = [administrator(), administrator({ signInName: 'stays' })];
    await stores.transact(async () => {
      for (const { id, version: _, ...rest } of [gone, stays]) {
        await stores.administrators.save({ id, version: 1, ...rest });
        await stores.passwords.put({ administratorId: id, hash: 'h', changedAt: 1 });
        await stores.sessions.insert(session({ administratorId: id }));
        await stores.signInCodes.insert(code({ administratorId: id }));
      }
      await stores.administrators.remove(gone.id);
    });
    const left = async ({ id }: Administrator) => [
      (await stores.administrators.get(id)) === null,
      (await stores.passwords.get(id)) === null,
      (await stores.sessions.of(id)).length,
    ];
    assert.deepEqual(
      [await left(gone), await left(stays)],
      [
        [true, true, 0],
        [false, false, 1],
      ],
    );
  });

  storeTest('a password is put, replaced and removed', async (stores) => {
    const { id } = administrator();
    const put = (hash: string) =>
      stores.transact(() => stores.passwords.put({ administratorId: id, hash, changedAt: recordTime }));
    await put('one');
    await put('two');
    assert.deepEqual(await stores.passwords.get(id), { administratorId: id, hash: 'two', changedAt: recordTime });
    await stores.transact(() => stores.passwords.remove(id));
    assert.equal(await stores.passwords.get(id), null);
  });

  storeTest('a code serves once, of many that use it at once; others are cancelled or expire', async (stores) => {
    const owner = anId<Administrator['id']>();
    const [used, setUp, cancelled, late] = [
      code({ administratorId: owner }),
      code(),
      code({ administratorId: owner }),
      code({ administratorId: anId(), expiresAt: 10 }),
    ];
    await stores.transact(async () => {
      for (const one of [used, setUp, cancelled, late]) await stores.signInCodes.insert(one);
    });
    assert.deepEqual(await stores.signInCodes.findBySecretHash(used.secretHash), used);
    const tries = Array.from({ length: 10 }, () => stores.transact(() => stores.signInCodes.use(used.id)));
    assert.equal((await Promise.all(tries)).filter(Boolean).length, 1);
    await stores.transact(async () => {
      await stores.signInCodes.cancel(owner);
      await stores.signInCodes.removeExpired(9);
    });
    const there = async () =>
      Promise.all(
        [setUp, cancelled, late].map(
          async (one) => (await stores.signInCodes.findBySecretHash(one.secretHash)) !== null,
        ),
      );
    assert.deepEqual(await there(), [true, false, true]);
    await stores.transact(() => stores.signInCodes.removeExpired(10));
    assert.deepEqual(await there(), [true, false, false]);
    await stores.transact(() => stores.signInCodes.cancel(null));
    assert.deepEqual(await there(), [false, false, false]);
  });

  storeTest(
    'a session is found by each of its secrets, and changes for one who knows the present one',
    async (stores) => {
      const first = session();
      await stores.transact(() => stores.sessions.insert(first));
      assert.deepEqual(await stores.sessions.findByHash(first.secretHash), first);
      const offered = { ...first, nextHash: someHex(32), lastSeenAt: recordTime + 1 };
      const update = (to: Session, expected: string) => stores.transact(() => stores.sessions.update(to, expected));
      assert.equal(await update(offered, first.secretHash), true);
      assert.deepEqual(await stores.sessions.findByHash(offered.nextHash), offered);
      const promoted = {
        ...offered,
        secretHash: offered.nextHash,
        secretSince: recordTime + 2,
        nextHash: null,
        previousHash: first.secretHash,
      };
      assert.deepEqual(
        [await update(promoted, first.secretHash), await update(promoted, first.secretHash)],
        [true, false],
      );
      for (const hash of [first.secretHash, promoted.secretHash])
        assert.deepEqual(await stores.sessions.findByHash(hash), promoted);
      assert.equal(await stores.sessions.findByHash(someHex(32)), null);
    },
  );

  storeTest('sessions are listed, removed, and forgotten once they have ended', async (stores) => {
    const { id } = administrator();
    const all = [
      session({ administratorId: id }),
      session({ administratorId: id, endsAt: recordTime + minute }),
      session({ administratorId: id, idle: minute }),
      session(),
    ];
    await stores.transact(async () => {
      for (const one of all) await stores.sessions.insert(one);
    });
    const ids = async () => (await stores.sessions.of(id)).map((one) => one.id);
    assert.deepEqual(await ids(), [all[2]?.id, all[1]?.id, all[0]?.id]);
    const end = (at: number) => stores.transact(() => stores.sessions.removeEnded(recordTime + at));
    assert.deepEqual([await end(minute - 1), await end(minute), await end(2 * minute)], [0, 1, 1]);
    assert.deepEqual(await ids(), [all[0]?.id]);
    await stores.transact(() => stores.sessions.remove([all[0]?.id ?? anId(), anId()]));
    assert.deepEqual(await ids(), []);
    assert.equal((await stores.sessions.of(all[3]?.administratorId ?? id)).length, 1);
  });

  storeTest('records of sign-ins are locked one after the other, put, and forgotten', async (stores) => {
    const count = () =>
      stores.transact(async () => {
        const [a, b] = await stores.signInRecords.lock(['a', 'b']);
        assert.ok(a !== undefined && b !== undefined);
        await stores.signInRecords.put([
          { ...a, failures: a.failures + 1, lastFailureAt: recordTime },
          { ...b, failures: b.failures + 10, lastSuccessAt: recordTime },
        ]);
      });
    await Promise.all(Array.from({ length: 10 }, count));
    const read = () => stores.transact(() => stores.signInRecords.lock(['b', 'a', 'c']));
    assert.deepEqual(await read(), [
      { key: 'b', failures: 100, lastFailureAt: null, lastSuccessAt: recordTime },
      { key: 'a', failures: 10, lastFailureAt: recordTime, lastSuccessAt: null },
      { key: 'c', failures: 0, lastFailureAt: null, lastSuccessAt: null },
    ]);
    const forget = (failures: number, successes: number) =>
      stores.transact(() => stores.signInRecords.removeBefore({ failures, successes }));
    await forget(recordTime, recordTime);
    assert.deepEqual(
      (await read()).map(({ failures }) => failures),
      [100, 10, 0],
    );
    await forget(recordTime + 1, recordTime);
    assert.deepEqual(
      (await read()).map(({ failures }) => failures),
      [100, 0, 0],
    );
  });

  storeTest('an identity provider is saved by version and has people, who go with it', async (stores) => {
    const provider: IdentityProvider = {
      id: anId<IdentityProvider['id']>(),
      name: 'Straße',
      issuer: 'https://login.example',
      clientId: 'scepward',
      clientSecret: null,
      scopes: ['profile'],
      groupsClaim: 'groups',
      enabled: true,
      version: 1,
      createdAt: recordTime,
      updatedAt: recordTime,
    };
    const other = { ...provider, id: anId<IdentityProvider['id']>(), name: 'Alder' };
    const save = (one: IdentityProvider) => stores.transact(() => stores.identityProviders.save(one));
    assert.deepEqual([await save(provider), await save(other)], [true, true]);
    const changed = { ...provider, version: 2, enabled: false, clientSecret: 'sealed' };
    assert.deepEqual([await save(changed), await save(changed)], [true, false]);
    await assert.rejects(save({ ...other, id: anId(), name: 'ALDER' }), { code: 'already-exists' });
    assert.deepEqual(await stores.identityProviders.findByName('STRAßE'), changed);
    assert.deepEqual(await stores.identityProviders.all(), [other, changed]);
    const who = administrator();
    await stores.transact(() => stores.administrators.save(who));
    const insert = (providerId: IdentityProvider['id'], subject: string) =>
      stores.transact(() => stores.identities.insert({ providerId, subject, administratorId: who.id }));
    assert.deepEqual(
      [await insert(provider.id, 's'), await insert(provider.id, 's'), await insert(other.id, 's')],
      [true, false, true],
    );
    assert.equal(await stores.identities.find(provider.id, 's'), who.id);
    assert.equal(await stores.identities.find(provider.id, 'S'), null);
    const begun = session({ administratorId: who.id, providerId: provider.id });
    const stays = session({ administratorId: who.id, providerId: other.id });
    await stores.transact(async () => {
      await stores.sessions.insert(begun);
      await stores.sessions.insert(stays);
      await stores.sessions.removeOfProvider(provider.id);
      await stores.identityProviders.remove(provider.id);
    });
    assert.deepEqual(await stores.sessions.of(who.id), [stays]);
    assert.deepEqual([await stores.identities.count(provider.id), await stores.identities.count(other.id)], [0, 1]);
    assert.equal(await stores.identityProviders.get(provider.id), null);
    await stores.transact(() => stores.administrators.remove(who.id));
    assert.equal(await stores.identities.count(other.id), 0);
  });

  storeTest('a challenge is used once, until it is too old anyway', async (stores) => {
    const use = (hash: string) => stores.transact(() => stores.usedChallenges.use(hash, 10));
    assert.deepEqual([await use('x'), await use('x'), await use('y')], [true, false, true]);
    await stores.transact(() => stores.usedChallenges.removeExpired(9));
    assert.equal(await use('x'), false);
    await stores.transact(() => stores.usedChallenges.removeExpired(10));
    assert.equal(await use('x'), true);
  });

  storeTest(
    'a passkey is found by its credential, counts up for one who knows where it was, and goes',
    async (stores) => {
      const passkey: Passkey = {
        id: anId<Passkey['id']>(),
        administratorId: anId<Administrator['id']>(),
        name: 'Laptop',
        credentialId: 'Y3JlZGVudGlhbA',
        publicKey: Uint8Array.of(1, 2, 3),
        algorithm: -7,
        signCount: 4,
        transports: ['internal'],
        backedUp: true,
        createdAt: recordTime,
        lastUsedAt: null,
      };
      await stores.transact(() => stores.passkeys.insert(passkey));
      assert.deepEqual(await stores.passkeys.findByCredentialId(passkey.credentialId), passkey);
      const used = { ...passkey, signCount: 9, backedUp: false, lastUsedAt: 7, name: 'Old laptop' };
      const update = () => stores.transact(() => stores.passkeys.update(used, 4));
      assert.deepEqual([await update(), await update()], [true, false]);
      assert.deepEqual(await stores.passkeys.of(passkey.administratorId), [used]);
      await assert.rejects(
        stores.transact(() => stores.passkeys.insert({ ...passkey, id: anId() })),
        {
          code: 'already-exists',
        },
      );
      await stores.transact(() => stores.passkeys.remove(passkey.id));
      assert.equal(await stores.passkeys.findByCredentialId(passkey.credentialId), null);
    },
  );

  storeTest('how long sessions last is a setting', async (stores) => {
    assert.deepEqual(await stores.sessionLifetime.get(), { idle: hour, absolute: 12 * hour });
    await stores.transact(() => stores.sessionLifetime.put({ idle: 5 * minute, absolute: hour }));
    assert.deepEqual(await stores.sessionLifetime.get(), { idle: 5 * minute, absolute: hour });
  });
});
