/** Tokens, credentials, settings and idempotent responses, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { anId, recordTime, someHex } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { ApiToken } from '../access/api-token.ts';
import type { IdempotentResponse } from '../access/idempotency-store.ts';
import { everywhere } from '../access/principal.ts';
import type { DeviceCredential } from '../delivery/device-credential.ts';
import type { JoinToken } from '../delivery/join-token.ts';
import { minute } from '../lib/clock.ts';

suite('access', () => {
  storeTest('API tokens are found by hash, touched at most once a minute, revoked once', async (stores) => {
    const token = (given: Partial<ApiToken>): ApiToken => ({
      id: anId<ApiToken['id']>(),
      name: 'ci',
      secretHash: someHex(32),
      permissions: 'all',
      madeBy: null,
      scope: everywhere,
      createdAt: recordTime,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
      ...given,
    });
    const limited = { scopeTags: ['t' as never], scopeGroups: ['g'] };
    const [all, few] = [token({}), token({ permissions: ['events.read'], scope: limited, expiresAt: recordTime })];
    await stores.transact(async () => {
      for (const one of [all, few]) await stores.tokens.insert(one);
    });
    assert.deepEqual(await stores.tokens.list(), [all, few]);
    assert.deepEqual(await stores.tokens.findBySecretHash(few.secretHash), few);
    const touched = async (at: number) => {
      await stores.transact(() => stores.tokens.touch(all.id, at));
      return (await stores.tokens.get(all.id))?.lastUsedAt;
    };
    const t = recordTime;
    assert.deepEqual([await touched(t), await touched(t + minute - 1), await touched(t + minute)], [t, t, t + minute]);
    const revoke = (at: number) => stores.transact(() => stores.tokens.revoke(all.id, at));
    assert.deepEqual([await revoke(7), await revoke(8)], [true, false]);
    assert.equal((await stores.tokens.get(all.id))?.revokedAt, 7);
  });

  storeTest('device credentials are superseded, used and revoked', async (stores) => {
    const credential = (): DeviceCredential => ({
      id: anId<DeviceCredential['id']>(),
      deviceId: 'device',
      secretHash: someHex(32),
      createdAt: recordTime,
      supersededBy: null,
      firstUsedAt: null,
      revokedAt: null,
    });
    const [old, next, third] = [credential(), credential(), credential()];
    await stores.transact(async () => {
      for (const one of [old, next, third]) await stores.credentials.insert(one);
      assert.equal(await stores.credentials.supersede(old, next.id), true);
      assert.equal(await stores.credentials.supersede(old, anId()), false, 'it has a successor');
      await stores.credentials.markUsed(next.id, 5);
      await stores.credentials.markUsed(next.id, 6);
    });
    assert.deepEqual(await stores.credentials.findBySecretHash(next.secretHash), { ...next, firstUsedAt: 5 });
    const revoke = (keep: DeviceCredential['id'] | null, at: number) =>
      stores.transact(() => stores.credentials.revoke('device', keep, at));
    assert.deepEqual([await revoke(next.id, 10), await revoke(null, 11)], [2, 1]);
    assert.deepEqual(await stores.credentials.byDevice('device'), [
      { ...old, supersededBy: next.id, revokedAt: 10 },
      { ...next, firstUsedAt: 5, revokedAt: 11 },
      { ...third, revokedAt: 10 },
    ]);
  });

  storeTest('a join token serves once, before it expires', async (stores) => {
    const token = (): JoinToken => ({
      id: anId<JoinToken['id']>(),
      secretHash: someHex(32),
      deviceId: null,
      userId: 'u',
      createdAt: recordTime,
      expiresAt: recordTime + 10,
      usedAt: null,
    });
    const [used, late] = [token(), token()];
    await stores.transact(async () => {
      for (const one of [used, late]) await stores.joinTokens.insert(one);
    });
    const use = ({ id }: JoinToken, at: number) => stores.transact(() => stores.joinTokens.use(id, recordTime + at));
    assert.deepEqual([await use(used, 9), await use(used, 9), await use(late, 10)], [true, false, false]);
    assert.deepEqual(await stores.joinTokens.findBySecretHash(used.secretHash), { ...used, usedAt: recordTime + 9 });
  });

  storeTest('of many that use one join token at once, one may', async (stores) => {
    const [id, secretHash] = [anId<JoinToken['id']>(), someHex(32)];
    await stores.transact(() =>
      stores.joinTokens.insert({
        id,
        secretHash,
        deviceId: null,
        userId: null,
        createdAt: 0,
        expiresAt: 10,
        usedAt: null,
      }),
    );
    const tries = Array.from({ length: 20 }, () => stores.transact(() => stores.joinTokens.use(id, 1)));
    assert.equal((await Promise.all(tries)).filter(Boolean).length, 1);
  });

  storeTest('settings and cadence are kept, replaced and removed', async (stores) => {
    const cadence = { early: [{ until: 10, every: 1 }], steady: 100 };
    await stores.transact(async () => {
      await stores.settings.put('a', { deep: ['x'] });
      await stores.settings.put('a', { deep: ['y'] });
      await stores.cadence.put(cadence);
    });
    assert.deepEqual([await stores.settings.get('a'), await stores.settings.get('b')], [{ deep: ['y'] }, null]);
    assert.deepEqual(await stores.cadence.get(), cadence);
    await stores.transact(async () => {
      await stores.settings.remove('a');
      await stores.cadence.put(null);
    });
    assert.deepEqual([await stores.settings.get('a'), await stores.cadence.get()], [null, null]);
  });

  storeTest('an idempotency key has one answer until it expires, for each token', async (stores) => {
    const answer = (given: Partial<IdempotentResponse> = {}): IdempotentResponse => ({
      tokenId: 't1' as IdempotentResponse['tokenId'],
      idempotencyKey: 'k',
      requestHash: 'h',
      status: 201,
      body: '{"id":1}',
      expiresAt: 100,
      ...given,
    });
    const insert = (response: IdempotentResponse, now: number) =>
      stores.transact(() => stores.idempotency.insert(response, now));
    assert.deepEqual([await insert(answer(), 1), await insert(answer({ body: '{}' }), 2)], [true, false]);
    const { tokenId } = answer();
    assert.deepEqual(await stores.idempotency.find(tokenId, 'k', 99), answer());
    assert.equal(await stores.idempotency.find(tokenId, 'k', 100), null);
    assert.equal(await stores.idempotency.find('t2' as typeof tokenId, 'k', 1), null);
    const later = answer({ body: '[]', expiresAt: 200 });
    assert.equal(await insert(later, 100), true);
    assert.deepEqual(await stores.idempotency.find(tokenId, 'k', 150), later);
    const remove = (now: number) => stores.transact(() => stores.idempotency.removeExpired(now));
    assert.deepEqual([await remove(199), await remove(200)], [0, 1]);
  });
});
