import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deviceCertificates } from '../../test/support/device-certificates.ts';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { type OcspQuestion, ocspRequest } from '../../test/support/ocsp-request.ts';
import { openTestStores } from '../../test/support/stores.ts';
import { testAuthority } from '../../test/support/test-authority.ts';
import { testKeyPair } from '../../test/support/test-key-pair.ts';
import { systemCause } from '../events/event.ts';
import { encodeOcspFailure } from '../formats/ocsp/ocsp-response.ts';
import { parseCertificate } from '../formats/x509/certificate.ts';
import { day, minute } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { createLeases } from '../lib/lease.ts';
import { answerOcsp, keptAnswers, ocspLifetime } from './answer-ocsp.ts';
import { ocspDirectory } from './ocsp-directory.ts';
import { loadOcspSigners, ocspSignerRenewal, renewOcspSigners } from './ocsp-signer.ts';
import { signingRoom } from './signing-room.ts';

async function world(options: { readonly issuerYears?: number } = {}) {
  const clock = fakeClock();
  const stores = await openTestStores({ clock });
  const authority = await testAuthority(stores, clock, { issuerKey: 'p-256', ...options });
  const lease = await createLeases({ ...stores, clock, node: 'test-node' }).holdLease('authority');
  assert.ok(lease);
  const { pool, secret, context, issuer } = authority;
  const contextOf = async () => context;
  const renewing = { ...stores, clock, secret, contextOf, makeKey: testKeyPair };
  const directory = async () => ocspDirectory(await loadOcspSigners({ ...stores, pool, secret, clock }));
  const deps = { ...stores, clock, directory, kept: keptAnswers(), room: signingRoom(256) };
  return {
    clock,
    stores,
    context,
    deps,
    renew: (held = lease) => renewOcspSigners(renewing, { lease: held, cause: systemCause }),
    signers: async () => (await loadOcspSigners({ ...stores, pool, secret, clock })).map(({ signer }) => signer),
    ask: (given: Partial<OcspQuestion>, change: Partial<typeof deps> = {}) =>
      answerOcsp(
        { ...deps, ...change },
        { der: ocspRequest({ issuer: issuer.certificate, serials: ['4a'], ...given }), client: '192.0.2.1' },
      ),
    [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose](),
  };
}

describe('OCSP signers', () => {
  it('are made once for an issuer, and anew at half their life; the root has none', async () => {
    await using given = await world();
    const [first, ...more] = await given.renew();
    assert.ok(first && more.length === 0);
    assert.deepEqual(await given.renew(), []);
    given.clock.advance(first.notAfter - given.clock.now() - ocspSignerRenewal - minute);
    assert.deepEqual(await given.renew(), []);
    given.clock.advance(minute);
    const [second] = await given.renew();
    assert.ok(second && second.notAfter > first.notAfter);
    assert.deepEqual(
      (await given.signers()).map((signer) => signer?.certificate),
      [second.der],
    );
  });

  it('end with their issuer, and are then not made any more', async () => {
    await using given = await world({ issuerYears: 1 });
    const issuerEnd = given.context.certificate.notAfter;
    given.clock.advance(issuerEnd - given.clock.now() - 20 * day);
    const [last] = await given.renew();
    assert.ok(last && issuerEnd - last.notAfter <= minute);
    given.clock.advance(10 * day);
    assert.deepEqual(await given.renew(), []);
    given.clock.advance(11 * day);
    assert.deepEqual(await given.renew(), []);
    assert.deepEqual((await given.ask({})).der, encodeOcspFailure('unauthorized'));
  });

  it('of a node that lost its lease are not stored', async () => {
    await using given = await world();
    const renewing = given.renew({ name: 'authority', token: 7 });
    await assert.rejects(renewing, (error) => isFailure(error, 'lease-lost'));
    assert.deepEqual(await given.signers(), [null]);
  });
});

describe('OCSP answers', () => {
  it('are to be asked for later while there is no signer, or more to sign than can be', async () => {
    await using given = await world();
    const later = encodeOcspFailure('tryLater');
    assert.deepEqual((await given.ask({})).der, later);
    await given.renew();
    const busy = await given.ask({}, { room: signingRoom(0) });
    assert.deepEqual([busy.der, busy.failure, busy.retryAfter], [later, 'tryLater', 2]);
    assert.notDeepEqual((await given.ask({})).der, later);
  });

  it('without a nonce are given again until they are half their age, or what they say changes', async () => {
    await using given = await world();
    await given.renew();
    const [certificate] = await deviceCertificates(given.stores, given.context, given.clock, 1);
    assert.ok(certificate);
    const ask = () => given.ask({ serials: [certificate.serial] });
    const first = await ask();
    assert.ok(first.fresh);
    assert.equal(first.fresh.nextUpdate - first.fresh.thisUpdate, ocspLifetime);
    given.clock.advance(ocspLifetime / 2 - minute);
    assert.equal((await ask()).der, first.der);
    given.clock.advance(minute);
    const second = await ask();
    assert.notDeepEqual(second.der, first.der);
    await given.stores.transact(() =>
      given.stores.certificates.revoke(certificate.id, given.clock.now(), 'superseded'),
    );
    const third = await ask();
    assert.notDeepEqual(third.der, second.der);
    assert.notDeepEqual((await ask()).fresh, null);
    assert.equal((await given.ask({ serials: [certificate.serial], nonce: new Uint8Array(8) })).fresh, null);
  });

  it('that still hold are given again where there is no room to sign', async () => {
    await using given = await world();
    await given.renew();
    const first = await given.ask({});
    const busy = { room: signingRoom(0) };
    given.clock.advance(ocspLifetime - minute);
    assert.equal((await given.ask({}, busy)).der, first.der);
    given.clock.advance(minute);
    assert.deepEqual((await given.ask({}, busy)).der, encodeOcspFailure('tryLater'));
  });

  it('larger than those to real requests are not kept: memory has a bound whatever is asked', async () => {
    await using given = await world();
    await given.renew();
    const ask = (serials: readonly string[]) => given.ask({ serials, digest: 'sha512' });
    const [usual, many, odd] = [['4a'], Array<string>(32).fill('4a'), ['4a'.repeat(12_000)]] as const;
    assert.equal((await ask(usual)).der, (await ask(usual)).der);
    for (const serials of [many, odd]) {
      const first = await ask(serials);
      assert.ok(first.fresh);
      assert.notEqual((await ask(serials)).der, first.der);
    }
  });

  it('never outlive the certificate that signs them', async () => {
    await using given = await world({ issuerYears: 1 });
    given.clock.advance(given.context.certificate.notAfter - given.clock.now() - day);
    const [signer] = await given.renew();
    assert.ok(signer);
    given.clock.advance(signer.notAfter - given.clock.now() - 10 * minute);
    const { fresh } = await given.ask({});
    assert.equal(fresh?.nextUpdate, parseCertificate(signer.der).notAfter);
  });

  it('that were not asked for lately make room', () => {
    const kept = keptAnswers(2);
    const answer = { der: new Uint8Array(1), fresh: null, failure: null, retryAfter: null };
    for (const key of ['a', 'b']) kept.put(key, answer);
    kept.get('a');
    kept.put('c', answer);
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => kept.get(key) !== undefined),
      [true, false, true],
    );
  });
});
