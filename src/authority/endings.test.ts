import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { openTestStores } from '../../test/support/stores.ts';
import { testAuthority } from '../../test/support/test-authority.ts';
import { testKeyPair } from '../../test/support/test-key-pair.ts';
import { systemCause } from '../events/event.ts';
import { parseCertificate } from '../formats/x509/certificate.ts';
import { day } from '../lib/clock.ts';
import { createLeases } from '../lib/lease.ts';
import { type Ending, type EndingFacts, endings } from './endings.ts';
import { raRenewal, renewRegistrationAuthorities } from './renew-registration-authorities.ts';
import { reportEndings } from './report-endings.ts';

async function world() {
  const clock = fakeClock();
  const stores = await openTestStores({ clock });
  const authority = await testAuthority(stores, clock, { issuerKey: 'p-256' });
  const leases = createLeases({ ...stores, clock, node: 'test-node' });
  return { clock, stores, authority, leases, [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose]() };
}

type World = Awaited<ReturnType<typeof world>>;

async function facts({ clock, stores }: World, change: Partial<EndingFacts> = {}): Promise<EndingFacts> {
  const now = clock.now();
  return {
    authorities: await stores.authorities.all(),
    issuers: await Promise.all(
      (await stores.authorities.issuers()).map(async (issuer) => ({
        issuer,
        hasKey: true,
        ocspUntil: now + 50 * day,
        crls: [{ issuerId: issuer.id, shard: 0, number: 1, thisUpdate: now, nextUpdate: now + 7 * day }],
      })),
    ),
    tls: null,
    now,
    ...change,
  };
}

const bad = (found: readonly Ending[]) =>
  found.filter(({ severity }) => severity !== 'ok').map(({ kind, severity }) => `${kind} ${severity}`);

describe('what ends', () => {
  it('is nothing to mind in a new installation, and names all there is', async () => {
    await using given = await world();
    const found = endings(await facts(given));
    assert.deepEqual(bad(found), []);
    assert.deepEqual(found.map(({ kind }) => kind).sort(), ['crl', 'crl', 'issuer', 'ocsp', 'ra', 'root']);
  });

  it('is told of an issuer while certificates still have their full life, and again when it is urgent', async () => {
    await using given = await world();
    const { clock, authority } = given;
    const end = authority.context.certificate.notAfter;
    const [longest = 0] = authority.authority.templates.map(({ maximumValidity }) => maximumValidity * day);
    clock.advance(end - clock.now() - longest - 181 * day);
    assert.ok(!bad(endings(await facts(given))).some((each) => each.startsWith('issuer')));
    clock.advance(2 * day);
    assert.ok(bad(endings(await facts(given))).includes('issuer warning'));
    clock.advance(end - clock.now() - 59 * day);
    assert.ok(bad(endings(await facts(given))).includes('issuer critical'));
  });

  it('is told of what should have renewed itself', async () => {
    await using given = await world();
    given.clock.advance(day);
    const usual = await facts(given);
    const { now } = usual;
    const changed = (change: Partial<EndingFacts['issuers'][number]>) =>
      bad(endings({ ...usual, issuers: usual.issuers.map((each) => ({ ...each, ...change })) }));
    assert.deepEqual(changed({ ocspUntil: now + 10 * day }), ['ocsp warning']);
    assert.deepEqual(changed({ ocspUntil: now + 2 * day }), ['ocsp critical']);
    assert.deepEqual(changed({ ocspUntil: null }), ['ocsp warning']);
    assert.deepEqual(changed({ crls: [null] }), ['crl critical', 'crl critical']);
    const [shard] = usual.issuers[0]?.crls ?? [];
    assert.ok(shard);
    const late = { ...shard, thisUpdate: now - 3 * day, nextUpdate: now + 4 * day };
    assert.deepEqual(changed({ crls: [late] }), ['crl warning', 'crl warning']);
    assert.deepEqual(changed({ crls: [{ ...late, nextUpdate: now + day / 2 }] }), ['crl critical', 'crl critical']);
    const tls = { certificate: usual.issuers[0]?.issuer.certificate ?? new Uint8Array(), own: false };
    const tlsEnd = parseCertificate(tls.certificate).notAfter;
    assert.ok(bad(endings({ ...usual, tls, now: tlsEnd - 10 * day })).includes('tls warning'));
  });

  it('becomes an event once, and again when it is worse or comes back', async () => {
    await using given = await world();
    const { stores, leases } = given;
    const lease = await leases.holdLease('endings');
    assert.ok(lease);
    let kept = {};
    const told = {
      get: async () => kept,
      put: async (value: object) => {
        kept = value;
      },
    };
    const ending = (severity: Ending['severity']): Ending => ({
      kind: 'issuer',
      issuer: 'a-g1',
      name: 'CN=A',
      endsAt: 1,
      severity,
      fix: 'Go on.',
    });
    const report = async (...severities: Ending['severity'][]) =>
      (
        await reportEndings(
          { ...stores, told, endings: async () => severities.map(ending) },
          { lease, cause: systemCause },
        )
      ).map(({ severity }) => severity);
    assert.deepEqual(await report('ok'), []);
    assert.deepEqual(await report('warning'), ['warning']);
    assert.deepEqual(await report('warning'), []);
    assert.deepEqual(await report('critical'), ['critical']);
    assert.deepEqual(await report('warning'), []);
    assert.deepEqual(await report('ok'), []);
    assert.deepEqual(await report('warning'), ['warning']);
    const { items } = await stores.events.list(
      { subject: null, types: ['authority.ending'] },
      { limit: 9, cursor: null },
    );
    assert.deepEqual(items.map(({ data }) => data.severity).reverse(), ['warning', 'critical', 'warning']);
  });
});

describe('RA certificates', () => {
  it('have a successor a year before they end; the old one goes on opening until then, and no longer', async () => {
    await using given = await world();
    const { clock, stores, authority, leases } = given;
    const lease = await leases.holdLease('registration-authorities');
    assert.ok(lease);
    const deps = {
      ...stores,
      clock,
      secret: authority.secret,
      makeKey: testKeyPair,
      contextOf: async () => authority.context,
    };
    const renew = () => renewRegistrationAuthorities(deps, { lease, cause: systemCause });
    const ras = async () => (await stores.authorities.getIssuer(authority.issuer.id))?.registrationAuthorities ?? [];
    const [first] = await ras();
    assert.ok(first);
    assert.deepEqual(await renew(), []);
    const end = parseCertificate(first.certificate).notAfter;
    clock.advance(end - clock.now() - raRenewal);
    const [second] = await renew();
    assert.ok(second && second.notAfter > end);
    assert.deepEqual(
      (await ras()).map(({ certificate }) => certificate),
      [second.der, first.certificate],
    );
    assert.deepEqual(await renew(), []);
    clock.advance(second.notAfter - clock.now() - raRenewal);
    const [third] = await renew();
    assert.deepEqual(
      (await ras()).map(({ certificate }) => certificate),
      [third?.der, second.der],
    );
    assert.equal((await stores.certificates.get(second.id))?.purpose, 'ra');
  });
});
