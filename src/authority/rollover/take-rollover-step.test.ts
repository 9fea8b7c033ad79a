/** What a rollover must not let happen, whoever else works at the same moment; on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { deviceCertificates } from '../../../test/support/device-certificates.ts';
import { type FakeClock, fakeClock } from '../../../test/support/fake-clock.ts';
import { aCertificate } from '../../../test/support/records.ts';
import { storeTest } from '../../../test/support/stores.ts';
import { testAuthority } from '../../../test/support/test-authority.ts';
import { testKeyPair } from '../../../test/support/test-key-pair.ts';
import { systemCause } from '../../events/event.ts';
import { parseCrl } from '../../formats/x509/crl.ts';
import { toHex } from '../../lib/bytes.ts';
import { day, minute } from '../../lib/clock.ts';
import { isFailure } from '../../lib/failure.ts';
import { loadOcspSigners } from '../ocsp-signer.ts';
import { publishCrl } from '../publish-crl.ts';
import { type RolloverDeps, type TakeRolloverStep, takeRolloverStep } from './take-rollover-step.ts';

type Store = Parameters<Parameters<typeof storeTest>[1]>[0];

const cause = systemCause;

async function rolling(stores: Store, clock: FakeClock = fakeClock()) {
  const made = await testAuthority(stores, clock, { issuerKey: 'p-256', shards: 2 });
  const { pool, secret, signerFor, withLease, issuer } = made;
  const deps: RolloverDeps = {
    ...stores,
    clock,
    secret,
    signerFor,
    makeKey: testKeyPair,
    dropKey: pool.removeKey,
    distribution: { pending: async () => [], carryOut: async () => [] },
  };
  const take = (step: TakeRolloverStep['step'], change: Partial<RolloverDeps> = {}) =>
    takeRolloverStep({ ...deps, ...change }, { authorityId: made.authority.id, step, cause });
  return {
    ...made,
    clock,
    take,
    publish: (shard = 0) =>
      publishCrl({ ...stores, clock, signerFor, withLease }, { issuerId: issuer.id, shard, cause }),
    /** By slug: null where there is a key to make a signer with and none is made yet. */
    signers: async () =>
      new Map(
        (await loadOcspSigners({ ...stores, pool, secret, clock })).map(({ issuer, signer }) => [issuer.slug, signer]),
      ),
    async switched() {
      for (const step of ['next', 'announce', 'distribute', 'switch'] as const) await take(step);
      clock.advance(minute);
    },
    hasKey: async () => (await stores.keys.get(issuer.keyId))?.sealed != null,
    /** `statuses`, with something that happens once, when all is signed and not stored yet. */
    inBetween: (happens: () => Promise<unknown>): Pick<RolloverDeps, 'statuses'> => {
      let happened = false;
      return {
        statuses: {
          ...stores.statuses,
          lastRevokedEnd: async (...given) => {
            if (!happened) await happens();
            happened = true;
            return stores.statuses.lastRevokedEnd(...given);
          },
        },
      };
    },
  };
}

const refusedAs = (code: string) => (error: unknown) => isFailure(error, code);

suite('a rollover', () => {
  storeTest('brings the next OCSP signer along: nobody is told to ask later', async (stores) => {
    const { take, signers } = await rolling(stores);
    await take('next');
    assert.deepEqual(
      [...(await signers())].map(([slug, signer]) => [slug, signer !== null]),
      [
        ['example-g1', false],
        ['example-g2', true],
      ],
    );
  });

  storeTest('is not finished within a minute of the switch', async (stores) => {
    const { take, switched, clock } = await rolling(stores);
    await switched();
    clock.advance(-1);
    await assert.rejects(take('finish'), refusedAs('rollover-blocked'));
    clock.advance(1);
    await take('finish');
    const [, , , , finish] = await take('finish');
    assert.equal(finish?.state, 'done', 'and once more changes nothing');
  });

  storeTest('finds what was issued while it looked', async (stores) => {
    const { take, switched, issuer, clock, hasKey, inBetween } = await rolling(stores);
    await switched();
    const certificate = aCertificate({ issuerId: issuer.id, notAfter: clock.now() + day });
    const issue = () => stores.transact(() => stores.certificates.insert(certificate));
    await assert.rejects(take('finish', inBetween(issue)), refusedAs('rollover-overtaken'));
    assert.ok(await hasKey());
  });

  storeTest('waits for an issuance that is under way', async (stores) => {
    const { take, switched, issuer, clock, hasKey, inBetween } = await rolling(stores);
    await switched();
    const gate = Promise.withResolvers<void>();
    const inserted = Promise.withResolvers<void>();
    const certificate = aCertificate({ issuerId: issuer.id, notAfter: clock.now() + day });
    const issuing = stores.transact(async () => {
      await stores.certificates.insert(certificate);
      inserted.resolve();
      await gate.promise;
    });
    await inserted.promise;
    const looking = Promise.withResolvers<void>();
    const finishing = take(
      'finish',
      inBetween(async () => looking.resolve()),
    );
    await looking.promise;
    setImmediate(gate.resolve);
    await assert.rejects(finishing, refusedAs('rollover-overtaken'));
    await issuing;
    assert.ok(await hasKey());
  });

  storeTest('has every revocation on the last list, and no other list after it', async (stores) => {
    const { take, switched, issuer, clock, publish, hasKey, inBetween } = await rolling(stores);
    const ended = aCertificate({ issuerId: issuer.id, serial: '5ca1ab1e', notAfter: clock.now() + day, shard: 1 });
    await stores.transact(() => stores.certificates.insert(ended));
    await switched();
    clock.advance(2 * day);
    const revoking = () =>
      stores.transact(() => stores.certificates.revoke(ended.id, clock.now(), 'cessationOfOperation'));
    await take('finish', inBetween(revoking));
    const last = await stores.crls.latest(issuer.id, 1);
    assert.deepEqual(
      parseCrl(last?.der ?? new Uint8Array()).revoked.map(({ serial }) => toHex(serial)),
      [ended.serial],
    );
    assert.deepEqual(await stores.crls.due(), []);
    assert.equal(await hasKey(), false);
    await assert.rejects(publish(1), refusedAs('key-removed'));
  });

  storeTest('is not overtaken by a list that another node signed before', async (stores) => {
    const { take, switched, context, issuer, clock, publish, pool, withLease, inBetween } = await rolling(stores);
    await switched();
    await take('finish', inBetween(publish));
    const end = context.certificate.notAfter;
    assert.equal((await stores.crls.latest(issuer.id, 0))?.nextUpdate, end);
    // A node that still has the key in its memory.
    const signerFor = async () => context.signer;
    pool.addKey(issuer.keyId, (await testKeyPair('p-256')).privateKey);
    const late = publishCrl({ ...stores, clock, signerFor, withLease }, { issuerId: issuer.id, shard: 0, cause });
    await assert.rejects(late, refusedAs('issuer-finished'));
    assert.equal((await stores.crls.latest(issuer.id, 0))?.nextUpdate, end);
  });

  storeTest('leaves an OCSP signer for as long as there is a revoked certificate to ask about', async (stores) => {
    const { take, switched, signers, clock, context } = await rolling(stores);
    const [certificate] = await deviceCertificates(stores, context, clock, 1);
    assert.ok(certificate);
    await switched();
    await assert.rejects(take('finish'), refusedAs('rollover-blocked'));
    await stores.transact(() => stores.certificates.revoke(certificate.id, clock.now(), 'superseded'));
    await take('finish');
    const signer = (await signers()).get('example-g1');
    assert.equal(signer?.notAfter, certificate.notAfter);
    clock.advance(certificate.notAfter - clock.now());
    assert.ok(!(await signers()).has('example-g1'), 'nobody speaks for it any more: unauthorized');
  });

  storeTest('leaves none where nothing is left to ask about', async (stores) => {
    const { take, switched, signers } = await rolling(stores);
    await switched();
    await take('finish');
    assert.ok(!(await signers()).has('example-g1'));
  });
});
