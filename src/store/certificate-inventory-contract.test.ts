/** Whatever is asked of the inventory is what comparing every certificate would find, indexed or not, page by page. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import fc from 'fast-check';
import { fakeClock } from '../../test/support/fake-clock.ts';
import {
  aCertificate,
  aChallenge,
  aDeployment,
  aDevice,
  anIssuance,
  aScepProfile,
  aUser,
  recordTime,
  someHex,
} from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { Certificate } from '../authority/certificate.ts';
import type { Challenge } from '../challenges/challenge.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { Device } from '../directory/device.ts';
import type { User } from '../directory/user.ts';
import type { Issuance } from '../enrollment/issuance-ledger.ts';
import { day, hour, minute, second } from '../lib/clock.ts';
import type { Page } from '../lib/page.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import {
  anyCertificate,
  type InventoryItem,
  type InventoryQuery,
  inventorySorts,
} from '../reporting/certificate-inventory.ts';
import { indexCertificates } from '../reporting/index-certificates.ts';
import type { Store } from './store.ts';

/** Small, so that there are several. */
const segmentSize = 300;

const now = recordTime + 100 * day;

/** Ids as they would have been made then. */
function idAtTime(time: number, number: number): Certificate['id'] {
  const hex = time.toString(16).padStart(12, '0');
  const tail = number.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${someHex(2).slice(1)}-8000-${tail}` as Certificate['id'];
}

type Held = {
  readonly certificate: Certificate;
  readonly device: Device;
  readonly user: User | null;
  readonly profile: ScepProfile;
  readonly current: boolean;
};
type World = {
  readonly devices: readonly Device[];
  readonly users: readonly User[];
  readonly profiles: readonly ScepProfile[];
  readonly held: readonly Held[];
};

/** `count` certificates of a few devices, ten minutes apart; the last `newest` of them just now. */
async function fill(stores: Store, count: number, newest: number): Promise<World> {
  const users = [aUser({ displayName: 'Zoë Müller' }), aUser({ userPrincipalName: 'otto.o%brien@example.com' })];
  const profiles = [aScepProfile(), aScepProfile(), aScepProfile()];
  const devices = Array.from({ length: 40 }, (_, i) =>
    aDevice({ deviceName: `${i % 2 === 0 ? 'Laptop' : 'Kiosk_'}-${i}` }),
  );
  const held: Held[] = [];
  const deployments: Deployment[] = [];
  const issuances: Issuance[] = [];
  const challenges: Challenge[] = [];
  for (let i = 0; i < count; i++) {
    // Every sixth is superseded by the one behind it.
    const of = i % 6 === 1 ? i - 1 : i;
    const device = devices[(of * 7) % devices.length] as Device;
    const profile = profiles[of % 100 === 0 ? 2 : of % 2] as ScepProfile;
    const user = of % 3 === 0 ? (users[of % 2] as User) : null;
    const issuedAt = i < count - newest ? now - 90 * day + i * 10 * minute : now - second + i;
    const first = of === i ? null : (deployments[of] as Deployment);
    const deployment = aDeployment({
      ...(first !== null && {
        id: first.id,
        deliveryRef: first.deliveryRef,
        state: 'renewalRequested',
        stateCause: 'renewal-due',
        generation: 2,
        issuedGeneration: 1,
        currentCertificateId: held[of]?.certificate.id ?? null,
      }),
      deviceId: device.id,
      profileId: profile.id,
      userId: user?.id ?? null,
      consumerId: `consumer-${of}`,
    });
    const certificate = aCertificate({
      id: idAtTime(issuedAt, i),
      deploymentId: deployment.id,
      generation: deployment.generation,
      subjectText: `CN=${device.deviceName},OU=${i % 5 === 0 ? 'Field_100%' : 'Office'}`,
      subjectAlternativeNames: i % 4 === 0 ? [`dns:host${i % 50}.example.com`] : [],
      issuedAt,
      notBefore: issuedAt,
      notAfter: issuedAt + (1 + (i % 97)) * day,
      revokedAt: i % 11 === 0 ? issuedAt + hour : null,
      revocationReason: i % 11 === 0 ? 'superseded' : null,
    });
    const challenge = aChallenge(deployment);
    deployments.push(deployment);
    challenges.push(challenge);
    issuances.push(anIssuance(deployment, challenge, { certificate, events: [] }));
    held.push({ certificate, device, user, profile, current: i % 6 !== 0 || i === count - 1 });
  }
  await stores.transact(async () => {
    await stores.users.save(users);
    await stores.devices.save(devices);
    for (const profile of profiles) await stores.profiles.save(profile);
  });
  for (const generation of [1, 2]) {
    const some = issuances.filter((each) => each.generation === generation);
    await stores.transact(async () => {
      await stores.deployments.save(deployments.filter((each) => each.generation === generation));
      await stores.challenges.insert(challenges.filter((each) => each.generation === generation));
    });
    for (let from = 0; from < some.length; from += 100) {
      const results = await Promise.all(some.slice(from, from + 100).map((each) => stores.ledger.commit(each)));
      assert.ok(results.every(({ kind }) => kind === 'committed'));
    }
  }
  return { devices, users, profiles, held };
}

function expected({ held }: World, query: InventoryQuery): string[] {
  const text = query.search?.toLowerCase() ?? null;
  const matches = held.filter(({ certificate, device, user, profile, current }) => {
    const { revokedAt, notAfter, issuedAt } = certificate;
    const names = [
      certificate.subjectText,
      ...certificate.subjectAlternativeNames,
      certificate.serial,
      device.deviceName,
      user?.userPrincipalName,
      user?.displayName,
    ];
    const status = revokedAt !== null ? 'revoked' : notAfter < now ? 'expired' : 'valid';
    return (
      (text === null ||
        names.some((name) => name?.toLowerCase().includes(text)) ||
        [certificate.thumbprint, certificate.thumbprint256].some(
          (each) => text.length >= 8 && each.startsWith(text),
        )) &&
      (query.profileId === null || query.profileId === profile.id) &&
      (query.deviceId === null || query.deviceId === device.id) &&
      (query.userId === null || query.userId === user?.id) &&
      (query.platform === null || query.platform === profile.settings.platform) &&
      (query.status === null || query.status === status) &&
      (query.current === null || query.current === current) &&
      (query.expiresFrom === null || notAfter >= query.expiresFrom) &&
      (query.expiresBefore === null || notAfter < query.expiresBefore) &&
      (query.issuedFrom === null || issuedAt >= query.issuedFrom) &&
      (query.issuedBefore === null || issuedAt < query.issuedBefore)
    );
  });
  const keys: Readonly<Record<InventoryQuery['sort'], (of: Held) => string | number | null>> = {
    issued: () => 0,
    expires: ({ certificate }) => certificate.notAfter,
    revoked: ({ certificate }) => certificate.revokedAt,
    subject: ({ certificate }) => certificate.subjectText.toLowerCase(),
    serial: ({ certificate }) => certificate.serial,
    device: ({ device }) => device.deviceName.toLowerCase(),
    user: ({ user }) => user?.userPrincipalName.toLowerCase() ?? null,
    profile: ({ profile }) => profile.name.toLowerCase(),
    state: ({ certificate: { revokedAt, notAfter } }) => (revokedAt !== null ? 2 : notAfter < now ? 1 : 0),
  };
  const key = keys[query.sort];
  const turn = query.descending ? -1 : 1;
  const order = (a: Held, b: Held) => {
    const [one, other] = [key(a), key(b)];
    if ((one === null) !== (other === null)) return one === null ? 1 : -1;
    if (one === null || other === null || one === other) return turn * (a.certificate.id < b.certificate.id ? -1 : 1);
    return turn * (one < other ? -1 : 1);
  };
  return matches.toSorted(order).map(({ certificate }) => certificate.id);
}

async function found(stores: Store, query: InventoryQuery, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<InventoryItem> = await stores.certificateInventory.page(query, now, { limit, cursor });
    assert.ok(page.items.length <= limit);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== null);
  return ids;
}

async function isSummarised(stores: Store, world: World): Promise<void> {
  for (const profileId of [null, ...world.profiles.map(({ id }) => id)]) {
    const count = (query: Partial<InventoryQuery>) =>
      expected(world, { ...anyCertificate, profileId, ...query }).length;
    const horizons = [now + day, now + 30 * day];
    assert.deepEqual(await stores.certificateInventory.summary({ profileId, platform: null }, now, horizons), {
      states: {
        valid: count({ status: 'valid' }),
        expired: count({ status: 'expired' }),
        revoked: count({ status: 'revoked' }),
      },
      ending: horizons.map((expiresBefore) => count({ status: 'valid', current: true, expiresBefore })),
    });
  }
}

const index = (stores: Store) =>
  indexCertificates(
    {
      ...stores,
      clock: fakeClock(now),
      index: stores.certificateIndex,
      source: stores.segmentSource,
      columns: stores.segmentColumns,
    },
    { store: stores.kind, fence: async () => {}, segmentSize },
  );

function queries(world: World): fc.Arbitrary<InventoryQuery> {
  const { held, devices, users, profiles } = world;
  const some = held.filter((_, i) => i % 97 === 0).map(({ certificate }) => certificate);
  const maybe = <T>(values: readonly T[], nulls = 2) =>
    fc.constantFrom<T | null>(...Array(nulls * values.length).fill(null), ...values);
  const texts = [
    'laptop',
    'LAPTOP-3',
    'kiosk_-',
    'field_100%',
    'zoë',
    'brien@example',
    'host1',
    'nobody at all',
    'o%b',
  ];
  const exact = some.flatMap(({ serial, thumbprint, thumbprint256 }) => [
    serial,
    serial.slice(5, 15),
    thumbprint,
    thumbprint256.slice(0, 12),
  ]);
  const times = [now - 89 * day, now - 60 * day, now - day, now + day, now + 30 * day];
  return fc.record({
    search: maybe([...texts, ...exact], 1),
    deploymentId: fc.constant(null),
    deviceId: maybe(
      devices.slice(0, 2).map(({ id }) => id as string),
      4,
    ),
    userId: maybe(
      users.map(({ id }) => id as string),
      3,
    ),
    profileId: maybe(profiles.map(({ id }) => id as string)),
    platform: maybe(['linux', 'ios'] as const, 3),
    status: maybe(['valid', 'expired', 'revoked'] as const),
    current: maybe([true, false], 2),
    expiresFrom: maybe(times),
    expiresBefore: maybe(times),
    issuedFrom: maybe(times),
    issuedBefore: maybe(times),
    sort: fc.constantFrom(...inventorySorts),
    descending: fc.boolean(),
  } as const);
}

suite('certificate inventory', () => {
  storeTest('finds what comparing every certificate would, with an index and without', async (stores) => {
    const world = await fill(stores, 3 * segmentSize + 200, 60);
    const property = fc.asyncProperty(queries(world), fc.integer({ min: 7, max: 200 }), async (query, limit) => {
      const all = expected(world, query);
      assert.deepEqual(await found(stores, query, limit), all);
      const { count, capped } = await stores.certificateInventory.count(query, now, 300);
      assert.deepEqual({ count, capped }, { count: Math.min(all.length, 300), capped: all.length > 300 });
    });
    await fc.assert(property, { numRuns: 25 });
    await isSummarised(stores, world);
    assert.equal(await index(stores), 3);
    await fc.assert(property, { numRuns: 60 });
    await isSummarised(stores, world);
  });

  storeTest('notices what came, late too, and what changed since it was last asked', async (stores) => {
    const world = await fill(stores, segmentSize + 150, 0);
    assert.equal(await index(stores), 1);
    const all = world.held.map(({ certificate }) => certificate);
    const check = async () => {
      const revoked = new Set(all.filter(({ revokedAt }) => revokedAt !== null).map(({ id }) => id));
      const byIssue = all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const bySubject = byIssue.toSorted((a, b) => {
        const [one, other] = [a.subjectText.toLowerCase(), b.subjectText.toLowerCase()];
        return one < other ? -1 : one > other ? 1 : 0;
      });
      const asked = { ...anyCertificate, descending: false };
      const ids = (some: readonly Certificate[]) => some.map(({ id }) => id);
      assert.deepEqual(await found(stores, asked, 90), ids(byIssue));
      assert.deepEqual(await found(stores, { ...asked, sort: 'subject' }, 90), ids(bySubject));
      const those = byIssue.filter(({ id }) => revoked.has(id));
      assert.deepEqual(await found(stores, { ...asked, status: 'revoked' }, 90), ids(those));
      const { count } = await stores.certificateInventory.count({ ...asked, status: 'revoked' }, now, 1000);
      assert.equal(count, those.length);
      const latest = byIssue.filter(({ subjectText }) => subjectText.startsWith('CN=came'));
      assert.deepEqual(await found(stores, { ...asked, search: 'cn=came' }, 90), ids(latest));
    };
    const come = async (time: number, number: number) => {
      const subjectText = `CN=came ${number}`;
      const one = aCertificate({ id: idAtTime(time, number), purpose: 'tls', subjectText, issuedAt: time });
      await stores.transact(() => stores.certificates.insert(one));
      all.push(one);
    };
    await check();
    const last = all.at(-1)?.issuedAt ?? 0;
    await come(last + hour, 10_001);
    await check();
    await come(last + hour - 10 * second, 10_002);
    await check();
    for (let i = 0; i < 60; i++) await come(last + 2 * hour + ((i * 37) % 60), 20_000 + i);
    await check();
    for (const at of [3, segmentSize + 20, all.length - 1]) {
      const revokedAt = now + at;
      const { id } = all[at] as Certificate;
      if (await stores.transact(() => stores.certificates.revoke(id, revokedAt, 'superseded')))
        all[at] = { ...(all[at] as Certificate), revokedAt };
    }
    await check();
  });

  storeTest('sorts by names as they are now', async (stores) => {
    const world = await fill(stores, 60, 0);
    const [device] = world.devices;
    assert.ok(device !== undefined);
    const query: InventoryQuery = { ...anyCertificate, sort: 'device', descending: false };
    const first = async (at: number) =>
      (await stores.certificateInventory.page(query, at, { limit: 1, cursor: null })).items[0]?.deviceId;
    assert.notEqual(await first(now), device.id);
    await stores.transact(() => stores.devices.save([{ ...device, deviceName: 'A first one' }]));
    assert.equal(await first(now + minute), device.id);
    await stores.transact(() => stores.devices.remove([device.id]));
    assert.notEqual(await first(now + 2 * minute), device.id);
    const { items } = await stores.certificateInventory.page(query, now + 2 * minute, { limit: 100, cursor: null });
    assert.equal(items.at(-1)?.deviceId, device.id, 'what is gone comes last');
  });

  storeTest('keeps nothing of certificates that are deleted, and notices one that came late', async (stores) => {
    const world = await fill(stores, 2 * segmentSize + 20, 0);
    assert.equal(await index(stores), 2);
    const late = aCertificate({
      id: idAtTime(world.held[5]?.certificate.issuedAt ?? 0, 0xffff),
      purpose: 'tls',
      subjectText: 'CN=latecomer.example.com',
    });
    await stores.transact(() => stores.certificates.insert(late));
    assert.equal(await index(stores), 2, 'made again');
    const any = { ...anyCertificate, search: 'latecomer' };
    assert.deepEqual(await found(stores, any, 5), [late.id]);
    await stores.transact(async () => {
      const deployments = await stores.deployments.byDevices(world.devices.map(({ id }) => id));
      await stores.deployments.save(deployments.map((each) => ({ ...each, wanted: false })));
      await stores.expired.certificates(now + 400 * day, 10_000);
    });
    const left = (await found(stores, anyCertificate, 200)).length;
    assert.ok(left < 60, `${left} were revoked, and stay for the CRL`);
    await index(stores);
    assert.equal((await found(stores, anyCertificate, 200)).length, left);
  });
});
