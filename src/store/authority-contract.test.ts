/** Authorities, keys, certificates, CRLs and events, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { aCertificate, aDevice, anId, aScepTransaction, recordTime, someHex } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { Certificate } from '../authority/certificate.ts';
import type { CertificateQuery } from '../authority/certificate-store.ts';
import { crlEntries, revokedRun } from '../authority/crl-entries.ts';
import type { Authority, Issuer } from '../authority/issuer.ts';
import type { StoredKey } from '../authority/key-store.ts';
import { type NewEvent, systemCause } from '../events/event.ts';
import type { Store } from './store.ts';

const first = { limit: 10, cursor: null };
const bytes = (...values: number[]) => new Uint8Array(values);

suite('authorities, issuers and keys', () => {
  storeTest('come back as they were saved', async (stores) => {
    const key: StoredKey = {
      id: anId<StoredKey['id']>(),
      purpose: 'issuer',
      publicKey: bytes(1, 2),
      sealed: bytes(0, 255),
      createdAt: recordTime,
    };
    const authority: Authority = {
      id: anId<Authority['id']>(),
      slug: 'main',
      name: 'Main CA',
      pkiUrl: 'http://pki.example.com',
      templates: [],
      activeIssuerId: anId<Issuer['id']>(),
      rollover: null,
      version: 1,
      createdAt: recordTime,
    };
    const issuer: Issuer = {
      id: authority.activeIssuerId,
      authorityId: authority.id,
      slug: 'main-1',
      certificate: bytes(48, 130),
      chain: [bytes(1), bytes(2, 254)],
      keyId: key.id,
      registrationAuthorities: [{ certificate: bytes(9, 9), keyId: anId<Issuer['keyId']>() }],
      shards: 1,
      createdAt: recordTime,
    };
    const saved = (value: Authority) => stores.transact(() => stores.authorities.save(value));
    await stores.transact(async () => {
      await stores.keys.insert(key);
      await stores.authorities.saveIssuer(issuer);
    });
    assert.deepEqual([await saved(authority), await saved(authority)], [true, false]);
    const rollover = {
      previousIssuerId: authority.activeIssuerId,
      nextIssuerId: anId<Issuer['id']>(),
      announcedAt: 5,
      distributedAt: null,
      switchedAt: null,
    };
    const renamed = { ...authority, name: 'CA', rollover, version: 2 };
    assert.deepEqual([await saved(renamed), await saved({ ...renamed, version: 4 })], [true, false]);
    assert.deepEqual(await stores.authorities.all(), [renamed]);
    assert.deepEqual(await stores.authorities.get(authority.id), renamed);
    assert.deepEqual(await stores.authorities.getIssuer(issuer.id), issuer);
    const twoShards = { ...issuer, shards: 2, registrationAuthorities: [] };
    await stores.transact(() => stores.authorities.saveIssuer(twoShards));
    assert.deepEqual(await stores.authorities.issuers(), [twoShards]);
    assert.deepEqual(await stores.keys.get(key.id), key);
    await stores.transact(() => stores.keys.forget(key.id));
    assert.deepEqual(await stores.keys.all(), [{ ...key, sealed: null }]);
  });
});

suite('certificates', () => {
  const anyQuery: CertificateQuery = {
    deploymentId: null,
    deviceId: null,
    profileId: null,
    search: null,
    status: null,
  };

  async function inserted(stores: Store, ...certificates: Certificate[]): Promise<void> {
    await stores.transact(async () => {
      for (const certificate of certificates) await stores.certificates.insert(certificate);
    });
  }

  storeTest('are found by id and serial', async (stores) => {
    const certificate = aCertificate();
    await inserted(stores, certificate);
    assert.deepEqual(await stores.certificates.get(certificate.id), certificate);
    assert.deepEqual(await stores.certificates.findBySerial(certificate.issuerId, certificate.serial), certificate);
    assert.equal(await stores.certificates.findBySerial('other' as Certificate['issuerId'], certificate.serial), null);
  });

  storeTest('are searched by serial, either thumbprint, subject and SAN, and told apart by status', async (stores) => {
    const valid = aCertificate({ subjectText: 'CN=Jürgen, O=100%', subjectAlternativeNames: ['dns:box.example.com'] });
    const expired = aCertificate({ notAfter: recordTime - 1, deploymentId: 'd', generation: 1 });
    const revoked = aCertificate({ revokedAt: recordTime, revocationReason: 'superseded', notAfter: recordTime - 1 });
    await inserted(stores, valid, expired, revoked);
    const list = async (query: Partial<CertificateQuery>) =>
      (await stores.certificates.list({ ...anyQuery, ...query }, recordTime, first)).items;
    assert.deepEqual(await list({}), [revoked, expired, valid]);
    assert.deepEqual(await list({ status: 'valid' }), [valid]);
    assert.deepEqual(await list({ status: 'expired' }), [expired]);
    assert.deepEqual(await list({ status: 'revoked' }), [revoked]);
    assert.deepEqual(await list({ deploymentId: 'd' }), [expired]);
    for (const search of [
      valid.serial,
      valid.thumbprint.toUpperCase(),
      valid.thumbprint256,
      (valid.thumbprint.match(/../g) ?? []).join(':'),
      'JÜRGEN',
      '100%',
      'box.example',
    ])
      assert.deepEqual(await list({ search }), [valid], search);
    assert.deepEqual(await list({ search: '100_' }), []);
    assert.deepEqual(await list({ search: someHex(20) }), []);
  });

  storeTest('are revoked once and installed once', async (stores) => {
    const certificate = aCertificate();
    await inserted(stores, certificate);
    const { id } = certificate;
    const revoke = (at: number, reason: 'superseded' | 'keyCompromise') =>
      stores.transact(() => stores.certificates.revoke(id, at, reason));
    assert.deepEqual([await revoke(5, 'keyCompromise'), await revoke(6, 'superseded')], [true, false]);
    await stores.transact(() => stores.certificates.markInstalled(id, 7));
    await stores.transact(() => stores.certificates.markInstalled(id, 8));
    const expected = { ...certificate, revokedAt: 5, revocationReason: 'keyCompromise', installedAt: 7 };
    assert.deepEqual(await stores.certificates.get(id), expected);
  });

  storeTest('a CRL holds the revoked ones of its issuer and shard that have not ended long ago', async (stores) => {
    const revoked = (revokedAt: number, given: Partial<Certificate> = {}) =>
      aCertificate({ revokedAt, revocationReason: 'superseded', notAfter: 1000, ...given });
    const [late, early] = [revoked(50), revoked(40)];
    const endedThenRevoked = revoked(1500, { notAfter: 900 });
    await inserted(stores, late, early, revoked(1, { shard: 1 }), revoked(2, { notAfter: 999 }), aCertificate());
    await inserted(stores, revoked(3, { issuerId: 'other' as Certificate['issuerId'] }), endedThenRevoked);
    const entry = ({ id, serial, revokedAt, revocationReason, notAfter }: Certificate) => ({
      id,
      serial,
      revokedAt: revokedAt ?? 0,
      revocationReason: revocationReason ?? 'unspecified',
      notAfter,
    });
    const crl = { issuerId: late.issuerId, shard: 0, endedBefore: 1000 };
    const all = [entry(early), entry(late), entry(endedThenRevoked)];
    assert.deepEqual(await stores.certificates.revoked(crl, null, 10), all);
    assert.deepEqual(await stores.certificates.revoked(crl, null, 1), all.slice(0, 1));
    assert.deepEqual(await stores.certificates.revoked(crl, entry(early), 10), all.slice(1));
    const { entries, last, complete } = await stores.revokedEntries.next(crl, entry(early));
    assert.deepEqual([entries, complete], [revokedRun(all.slice(1), 10).entries, true]);
    assert.equal(last?.id, endedThenRevoked.id);
  });

  storeTest('a long CRL is read in runs that come to the same', async (stores) => {
    const count = 1100;
    const serials = Array.from({ length: count }, (_, at) => (0x10000 + at).toString(16).padStart(6, '0'));
    const some = serials.map((serial, at) => {
      const revoked = { revokedAt: 40_000 + 1000 * (at % 7), revocationReason: 'superseded' } as const;
      return aCertificate({ serial, notAfter: 1e12, ...revoked });
    });
    await inserted(stores, ...some);
    const list = { issuerId: some[0]?.issuerId as Certificate['issuerId'], shard: 0, endedBefore: 1000 };
    const runs = await crlEntries(stores, list);
    assert.ok(runs.length > 1, 'more than one');
    const whole = await stores.certificates.revoked(list, null, count + 1);
    assert.equal(whole.length, count);
    assert.ok(Buffer.concat(runs).equals(revokedRun(whole, count).entries));
  });

  storeTest('a list is due from the revocation until it is known to be shown', async (stores) => {
    const [one, two, other] = [aCertificate(), aCertificate(), aCertificate({ shard: 1 })];
    await inserted(stores, one, two, other);
    assert.deepEqual(await stores.crls.due(), []);
    await stores.transact(async () => {
      for (const { id } of [one, two, other]) await stores.certificates.revoke(id, 5, 'superseded');
      await stores.certificates.revoke(one.id, 6, 'superseded');
    });
    const shard = { issuerId: one.issuerId, shard: 0 };
    assert.deepEqual(await stores.crls.due(), [shard, { ...shard, shard: 1 }]);
    assert.deepEqual((await stores.crls.awaited(shard)).toSorted(), [one.id, two.id].toSorted());
    await stores.transact(() => stores.crls.shown([one.id, other.id]));
    assert.deepEqual(await stores.crls.due(), [shard]);
    assert.deepEqual(await stores.crls.awaited(shard), [two.id]);
  });

  storeTest('CRL numbers only grow', async (stores) => {
    const { issuerId } = aCertificate();
    const crl = (number: number) => ({ issuerId, shard: 0, number, der: bytes(number), thisUpdate: 1, nextUpdate: 2 });
    const publish = (number: number) => stores.transact(() => stores.crls.publish(crl(number)));
    assert.equal(await stores.crls.latest(issuerId, 0), null);
    assert.deepEqual(
      [await publish(1), await publish(3), await publish(3), await publish(2)],
      [true, true, false, false],
    );
    assert.deepEqual(await stores.crls.latest(issuerId, 0), crl(3));
    const { der: _list, ...state } = crl(3);
    assert.deepEqual(await stores.crls.latestState(issuerId, 0), state);
    assert.deepEqual(
      [await stores.crls.latestNumber(issuerId, 0), await stores.crls.latestNumber(issuerId, 1)],
      [3, null],
    );
    assert.equal(await stores.crls.latest(issuerId, 1), null);
  });
});

suite('events', () => {
  storeTest('are listed newest first, by subject and type, page by page', async (stores) => {
    const device = aDevice();
    const subject = { kind: 'device', id: device.id } as const;
    const event = (type: NewEvent['type'], ...subjects: NewEvent['subjects']): NewEvent => ({
      type,
      cause: { actor: { kind: 'operator', id: 'o', name: 'Olga' }, requestId: 'r' },
      subjects,
      data: { text: 'ü', list: [1, null] },
    });
    assert.equal(await stores.events.lastTime(), null);
    const before = Date.now();
    await stores.transact(async () => {
      await stores.events.append([event('device.joined', subject, subject), event('directory.changed')]);
      await stores.events.append([event('device.retired', subject, { kind: 'user', id: 'u' })]);
    });
    const list = async (query: Partial<Parameters<Store['events']['list']>[0]>, page = first) => {
      const found = await stores.events.list({ subject: null, types: null, ...query }, page);
      return found.items.map(({ type }) => type);
    };
    assert.deepEqual(await list({}), ['device.retired', 'directory.changed', 'device.joined']);
    assert.deepEqual(await list({ subject }), ['device.retired', 'device.joined']);
    assert.deepEqual(await list({ subject: { kind: 'user', id: device.id } }), []);
    assert.deepEqual(await list({ types: ['device.joined', 'directory.changed'] }), [
      'directory.changed',
      'device.joined',
    ]);
    assert.deepEqual(await list({ subject, types: ['device.joined'] }), ['device.joined']);
    const page = await stores.events.list({ subject, types: null }, { limit: 1, cursor: null });
    const rest = await stores.events.list({ subject, types: null }, { limit: 1, cursor: page.next });
    const [joined] = rest.items;
    assert.equal(rest.next, null);
    assert.deepEqual(
      { ...joined, id: null, at: null, node: null },
      {
        ...event('device.joined', subject, subject),
        id: null,
        at: null,
        node: null,
      },
    );
    assert.equal(joined?.node, 'test-node');
    const last = await stores.events.lastTime();
    assert.ok(last !== null && last >= before && last <= Date.now());
    assert.deepEqual(systemCause.requestId, null);
  });

  storeTest('SCEP transactions are listed by deployment, newest first', async (stores) => {
    const rows = [1, 2, 3].map((messageType) => aScepTransaction({ deploymentId: 'd', messageType }));
    const loose = aScepTransaction({ messageType: null, outcome: 'failure', reason: 'message-malformed' });
    await stores.transact(async () => {
      for (const row of [...rows, loose]) await stores.scepTransactions.append(row);
    });
    assert.deepEqual(await stores.scepTransactions.listByDeployment('d', 2), [rows[2], rows[1]]);
  });
});
