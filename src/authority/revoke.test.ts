import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { aCertificate } from '../../test/support/records.ts';
import { openTestStores } from '../../test/support/stores.ts';
import { type TestAuthority, testAuthority } from '../../test/support/test-authority.ts';
import { systemCause } from '../events/event.ts';
import { crlNumber, parseCrl } from '../formats/x509/crl.ts';
import { toHex } from '../lib/bytes.ts';
import { type Clock, day, hour } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { createLeases, leaseTerm } from '../lib/lease.ts';
import type { Certificate, CertificateId } from './certificate.ts';
import { crlPublisher } from './crl-publisher.ts';
import type { PublishedCrl } from './crl-store.ts';
import type { IssuerId } from './issuer.ts';
import { publishCrl } from './publish-crl.ts';
import { crlIsDue, publishDueCrls, publishRevocations } from './publish-due-crls.ts';
import { revoke } from './revoke.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

const cause = systemCause;
const holderOf = async () => [];
const onError = (error: unknown) => assert.fail(String(error));

async function world() {
  const clock = fakeClock();
  const stores = await openTestStores({ clock });
  const authority = await testAuthority(stores, clock, { issuerKey: 'p-256' });
  const { signerFor, withLease } = authority;
  const deps = { ...stores, clock, signerFor, withLease, onError };
  return { clock, stores, authority, deps, [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose]() };
}

/** A device's, as the issuing ledger leaves it. */
async function deviceCertificate({ issuer }: TestAuthority, stores: Store, clock: Clock): Promise<Certificate> {
  const certificate = aCertificate({ issuerId: issuer.id, serial: '5ca1ab1e', notAfter: clock.now() + 365 * day });
  await stores.transact(() => stores.certificates.insert(certificate));
  return certificate;
}

async function ownCertificates(stores: Store): Promise<readonly Certificate[]> {
  const all = { deploymentId: null, deviceId: null, profileId: null, search: null, status: null };
  return (await stores.certificates.list(all, 0, { limit: 9, cursor: null })).items;
}

function revokedSerials(crl: PublishedCrl | undefined): readonly string[] {
  return parseCrl(crl?.der ?? new Uint8Array(0)).revoked.map(({ serial }) => toHex(serial));
}

describe('revoking', () => {
  it('is recorded with its reason, and published', async () => {
    await using given = await world();
    const { deps, stores, authority, clock } = given;
    const certificate = await deviceCertificate(authority, stores, clock);
    const publish = crlPublisher((input) => publishCrl(deps, input), onError);
    const input = { certificateId: certificate.id, reason: 'superseded', cause } as const;
    const result = await revoke({ ...deps, holderOf, publishCrl: publish }, input);
    assert.equal(result.kind, 'revoked');
    assert.equal(result.certificate.revocationReason, 'superseded');
    const crl = await stores.crls.latest(authority.issuer.id, 0);
    const [entry] = parseCrl(crl?.der ?? new Uint8Array(0)).revoked;
    assert.equal(toHex(entry?.serial ?? new Uint8Array(0)), certificate.serial);
    assert.equal(entry?.reason, 'superseded');
    const subject = { kind: 'certificate', id: certificate.id } as const;
    const events = await stores.events.list({ subject, types: ['certificate.revoked'] }, { limit: 9, cursor: null });
    assert.equal(events.items.length, 1);
  });

  it('twice changes nothing: the first reason stands, and no CRL is made', async () => {
    await using given = await world();
    const { deps, stores, authority, clock } = given;
    const { id: certificateId } = await deviceCertificate(authority, stores, clock);
    let published = 0;
    const publish = async () => void published++;
    await revoke({ ...deps, holderOf, publishCrl: publish }, { certificateId, reason: 'keyCompromise', cause });
    const again = await revoke(
      { ...deps, holderOf, publishCrl: publish },
      { certificateId, reason: 'superseded', cause },
    );
    assert.equal(again.kind, 'already');
    assert.equal(again.certificate.revocationReason, 'keyCompromise');
    assert.equal(published, 1);
  });

  it('is refused for the certificates of root, issuer and RA, which stay as they are', async () => {
    await using given = await world();
    const { deps, stores } = given;
    const own = await ownCertificates(stores);
    assert.deepEqual(own.map(({ purpose }) => purpose).sort(), ['issuer', 'issuer', 'ra']);
    for (const { id: certificateId } of own)
      await assert.rejects(
        revoke({ ...deps, holderOf, publishCrl: async () => {} }, { certificateId, reason: 'keyCompromise', cause }),
        (error) => isFailure(error, 'certificate-not-a-device') && error.kind === 'conflict',
      );
    assert.ok((await ownCertificates(stores)).every(({ revokedAt }) => revokedAt === null));
  });

  it('what is not there fails, and leaves no event', async () => {
    await using given = await world();
    const { deps, stores } = given;
    const input = { certificateId: 'nobody' as CertificateId, reason: 'superseded', cause } as const;
    const revoking = revoke({ ...deps, holderOf, publishCrl: async () => {} }, input);
    await assert.rejects(revoking, (error) => isFailure(error, 'certificate-unknown'));
    const events = await stores.events.list(
      { subject: null, types: ['certificate.revoked'] },
      { limit: 9, cursor: null },
    );
    assert.equal(events.items.length, 0);
  });
});

describe('CRLs', () => {
  it('count up, and those made at once by several nodes do not share a number', async () => {
    await using given = await world();
    const { deps, stores, authority, clock } = given;
    const input = { issuerId: authority.issuer.id, shard: 0, cause };
    const nodes = ['a', 'b', 'c'].map((node) => createLeases({ ...stores, clock, node }).withLease);
    const made = await Promise.allSettled(
      [...nodes, ...nodes].map((withLease) => publishCrl({ ...deps, withLease }, input)),
    );
    const numbers = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value.number] : []));
    assert.equal(new Set(numbers).size, numbers.length);
    for (const each of made)
      assert.ok(each.status === 'fulfilled' || isFailure(each.reason, 'crl-being-published'), JSON.stringify(each));
    while ((await stores.crls.latestNumber(authority.issuer.id, 0)) !== 5) await publishCrl(deps, input);
    const latest = await stores.crls.latest(authority.issuer.id, 0);
    assert.equal(crlNumber(parseCrl(latest?.der ?? new Uint8Array(0))), 5n);
  });

  it('are made again when they are a day old; that of the root after half a year', async () => {
    await using given = await world();
    const { deps, clock, authority } = given;
    const due = async () => (await publishDueCrls(deps, { cause })).map(({ issuerId }) => issuerId);
    assert.deepEqual(await due(), []);
    clock.advance(day - hour);
    assert.deepEqual(await due(), []);
    clock.advance(hour);
    assert.deepEqual(await due(), [authority.issuer.id]);
    assert.deepEqual(await due(), []);
    clock.advance(183 * day);
    assert.deepEqual((await due()).sort(), [authority.issuer.id, authority.root.id].sort());
  });

  it('show what a node revoked that died before it published', async () => {
    await using given = await world();
    const { deps, stores, authority, clock } = given;
    const { id, serial, issuerId } = await deviceCertificate(authority, stores, clock);
    assert.deepEqual(await publishRevocations(deps, { cause }), []);
    await stores.transact(() => stores.certificates.revoke(id, clock.now(), 'keyCompromise'));
    const [crl, ...more] = await publishRevocations(deps, { cause });
    assert.deepEqual([crl?.issuerId, crl?.shard, more.length], [issuerId, 0, 0]);
    assert.deepEqual(revokedSerials(crl), [serial]);
    assert.deepEqual(await publishRevocations(deps, { cause }), []);
  });

  it('show what is revoked while one is being made in the next one', async () => {
    await using given = await world();
    const { deps, stores, authority, clock } = given;
    const { id, issuerId } = await deviceCertificate(authority, stores, clock);
    const signerFor: typeof deps.signerFor = async (issuer) => {
      const signer = await deps.signerFor(issuer);
      const sign = async (data: Uint8Array) => {
        await stores.transact(() => stores.certificates.revoke(id, clock.now(), 'superseded'));
        return signer.sign(data);
      };
      return { ...signer, sign };
    };
    const crl = await publishCrl({ ...deps, signerFor }, { issuerId, shard: 0, cause });
    assert.deepEqual(revokedSerials(crl), []);
    assert.equal((await publishRevocations(deps, { cause })).length, 1);
  });

  it('keep a certificate that has ended until one was published after its end, and then leave it out', async () => {
    await using given = await world();
    const { deps, stores, authority, clock } = given;
    const certificate = await deviceCertificate(authority, stores, clock);
    const publish = async () =>
      revokedSerials(await publishCrl(deps, { issuerId: authority.issuer.id, shard: 0, cause }));
    await stores.transact(() => stores.certificates.revoke(certificate.id, clock.now(), 'superseded'));
    assert.deepEqual(await publish(), [certificate.serial]);
    clock.advance(certificate.notAfter - clock.now() + day);
    assert.deepEqual(await publish(), [certificate.serial]);
    clock.advance(day);
    assert.deepEqual(await publish(), []);
  });

  it('of more entries than are laid out at once are whole and in order', async () => {
    await using given = await world();
    const { deps, stores, authority, clock } = given;
    const many = Array.from({ length: 2500 }, (_, index) =>
      aCertificate({
        issuerId: authority.issuer.id,
        serial: `5${(index * 7919).toString(16).padStart(7, '0')}`,
        notAfter: clock.now() + day,
        revokedAt: clock.now() - 2500 + index - (index % 3),
        revocationReason: 'superseded',
      }),
    );
    await stores.transact(async () => {
      for (const certificate of many) await stores.certificates.insert(certificate);
    });
    const crl = await publishCrl(deps, { issuerId: authority.issuer.id, shard: 0, cause });
    const wanted = many.toSorted((a, b) => Number(a.revokedAt) - Number(b.revokedAt) || (a.id < b.id ? -1 : 1));
    assert.deepEqual(
      revokedSerials(crl),
      wanted.map(({ serial }) => serial),
    );
  });

  it('a node that lost the lease meanwhile publishes nothing', async () => {
    await using given = await world();
    const { deps, stores, authority, clock } = given;
    const other = createLeases({ ...stores, clock, node: 'other' });
    const name = `crl/${authority.issuer.slug}/0`;
    const signerFor: typeof deps.signerFor = async (issuer) => {
      const signer = await deps.signerFor(issuer);
      const sign = async (data: Uint8Array) => {
        assert.equal(await other.holdLease(name), null);
        clock.advance(leaseTerm);
        assert.ok(await other.holdLease(name));
        return signer.sign(data);
      };
      return { ...signer, sign };
    };
    const publishing = publishCrl({ ...deps, signerFor }, { issuerId: authority.issuer.id, shard: 0, cause });
    await assert.rejects(publishing, (error) => isFailure(error, 'lease-lost'));
    assert.equal(await stores.crls.latestNumber(authority.issuer.id, 0), 1);
  });

  it('from the future, after a clock was set back, are made again', () => {
    const crl = {
      issuerId: 'i' as IssuerId,
      shard: 0,
      number: 1,
      der: new Uint8Array(0),
      thisUpdate: 1000,
      nextUpdate: 9000,
    };
    assert.equal(crlIsDue(crl, 999), true);
    assert.equal(crlIsDue(crl, 1000), false);
    assert.equal(crlIsDue(null, 0), true);
  });

  it('of an issuer that ends soon end with it', async () => {
    await using given = await world();
    const { deps, clock, authority } = given;
    const { notAfter } = authority.context.certificate;
    clock.advance(notAfter - clock.now() - day);
    const crl = await publishCrl(deps, { issuerId: authority.issuer.id, shard: 0, cause });
    assert.equal(crl.nextUpdate, notAfter);
  });
});

describe('the publisher', () => {
  const issuerId = 'issuer' as IssuerId;

  it('makes one CRL of many requests that come while another is being made', async () => {
    const gates: (() => void)[] = [];
    const publish = crlPublisher(() => new Promise<void>((resolve) => void gates.push(resolve)), onError);
    const first = publish({ issuerId, shard: 0, cause });
    await new Promise(setImmediate);
    const rest = Array.from({ length: 50 }, () => publish({ issuerId, shard: 0, cause }));
    await new Promise(setImmediate);
    assert.equal(gates.length, 1);
    gates[0]?.();
    await first;
    await new Promise(setImmediate);
    assert.equal(gates.length, 2);
    gates[1]?.();
    await Promise.all(rest);
    assert.equal(gates.length, 2);
  });

  it('does not keep shards waiting for each other, and goes on after a failure', async () => {
    const seen: number[] = [];
    const failed: unknown[] = [];
    const publish = crlPublisher(
      async ({ shard }) => {
        seen.push(shard);
        if (seen.length === 1) throw new Error('no');
      },
      (error) => failed.push(error),
    );
    await publish({ issuerId, shard: 0, cause });
    assert.match(String(failed), /no/);
    await Promise.all([publish({ issuerId, shard: 0, cause }), publish({ issuerId, shard: 1, cause })]);
    assert.deepEqual(seen, [0, 0, 1]);
  });
});
