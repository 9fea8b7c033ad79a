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
import type { Certificate, CertificateId } from './certificate.ts';
import { crlPublisher } from './crl-publisher.ts';
import type { IssuerId } from './issuer.ts';
import { publishCrl } from './publish-crl.ts';
import { crlIsDue, publishDueCrls } from './publish-due-crls.ts';
import { revoke } from './revoke.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

const cause = systemCause;
const holderOf = async () => [];

async function world() {
  const clock = fakeClock();
  const stores = await openTestStores({ clock });
  const authority = await testAuthority(stores, clock, { issuerKey: 'p-256' });
  const deps = { ...stores, clock, signerFor: authority.signerFor };
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

describe('revoking', () => {
  it('is recorded with its reason, and published', async () => {
    await using given = await world();
    const { deps, stores, authority, clock } = given;
    const certificate = await deviceCertificate(authority, stores, clock);
    const publish = crlPublisher((input) => publishCrl(deps, input));
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
    const { deps, stores, authority } = given;
    const input = { issuerId: authority.issuer.id, shard: 0, cause };
    const made = await Promise.all(Array.from({ length: 4 }, () => publishCrl(deps, input)));
    assert.deepEqual(made.map(({ number }) => number).sort(), [2, 3, 4, 5]);
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
    const publish = crlPublisher(() => new Promise<void>((resolve) => void gates.push(resolve)));
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
    const publish = crlPublisher(async ({ shard }) => {
      seen.push(shard);
      if (seen.length === 1) throw new Error('no');
    });
    await assert.rejects(publish({ issuerId, shard: 0, cause }), /no/);
    await Promise.all([publish({ issuerId, shard: 0, cause }), publish({ issuerId, shard: 1, cause })]);
    assert.deepEqual(seen, [0, 0, 1]);
  });
});
