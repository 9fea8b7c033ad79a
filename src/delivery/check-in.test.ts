import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { storeDeployments, storeLinuxProfiles } from '../../test/support/delivery-fixture.ts';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { openTestStores } from '../../test/support/stores.ts';
import { hashSecret } from '../crypto/secret.ts';
import type { Deployment } from '../deployments/deployment.ts';
import { retireDevice } from '../directory/retire-device.ts';
import { systemCause } from '../events/event.ts';
import {
  type CheckInAnswer,
  checkInAnswerToJson,
  type HeldItem,
  parseCheckInAnswer,
} from '../formats/agent/check-in-message.ts';
import { parseJoinToken } from '../formats/agent/join-token-text.ts';
import { hour, minute } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { authenticateDevice } from './authenticate-device.ts';
import { checkIn } from './check-in.ts';
import { createJoinToken } from './create-join-token.ts';
import { deliver } from './deliver.ts';
import type { InstalledCertificates } from './installed-certificates.ts';
import { joinDevice } from './join-device.ts';
import { recordCheckIn } from './record-check-in.ts';
import { changeBy, report } from './report.ts';
import { saveCadence } from './save-cadence.ts';
import { takeInventory } from './take-inventory.ts';
import { wakeVersions } from './wake-version.ts';

const facts = { deviceName: 'bench-01', platform: 'linux', osVersion: '12' };
const root = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05);
const thumbprint256 = 'cd'.repeat(32);

/** A joined Linux device with a trusted certificate and a SCEP profile assigned. */
async function setUp() {
  const clock = fakeClock();
  const stores = await openTestStores({ clock });
  const installed = new Map<string, number>();
  const certificates: InstalledCertificates = {
    getMany: async (ids) =>
      new Map(ids.filter((id) => id === 'certificate-1').map((id) => [id, { thumbprint256, revokedAt: null }])),
    async markInstalled(id, at) {
      const first = !installed.has(id);
      installed.set(id, at);
      return first;
    },
    supersede: async () => [],
    supersedeEdited: async () => [],
  };
  let reads = 0;
  const deployments = {
    ...stores.deployments,
    byDevices: (...asked: Parameters<typeof stores.deployments.byDevices>) => {
      reads += 1;
      return stores.deployments.byDevices(...asked);
    },
  };
  let transactions = 0;
  const transact: typeof stores.transact = (work) => {
    transactions += 1;
    return stores.transact(work);
  };
  const noted = new Map<string, number>();
  const ports = { ...stores, transact, deployments, clock, certificates, ownAddresses: ['https://scep.test'] };
  const token = await createJoinToken(
    { ...ports, tokens: stores.joinTokens, pin: async () => 'ab'.repeat(32) },
    { deviceId: null, userId: null, cause: systemCause },
  );
  const joined = await joinDevice(
    { ...ports, tokens: stores.joinTokens },
    { secret: parseJoinToken(token.text).secret, facts, requestId: null },
  );
  assert.ok(joined.kind === 'joined');
  const profiles = await storeLinuxProfiles(stores, clock, root);
  const assigned = await storeDeployments(stores, clock, joined.device, profiles);
  let reconciled = 0;
  const call = async (held: readonly HeldItem[] = []): Promise<CheckInAnswer> => {
    const known = await authenticateDevice(ports, { secret: joined.credential });
    assert.ok(known.kind === 'device');
    return checkIn(
      {
        ...ports,
        steps: {
          recordCheckIn: (input) => recordCheckIn(ports, input),
          noteCall: (deviceId, at) => noted.set(deviceId, at),
          isMarked: async (deviceId) => (await stores.dirtyQueue.takeOne(deviceId)) !== null,
          takeInventory: (input) => takeInventory(ports, input),
          reconcile: async (deviceId) => {
            reconciled += 1;
            const mark = await stores.dirtyQueue.takeOne(deviceId);
            if (mark !== null) await stores.dirtyQueue.done([mark]);
          },
          deliver: (input) => deliver(ports, input),
        },
      },
      { ...known, request: { facts, held }, requestId: null },
    );
  };
  const current = async (): Promise<Deployment> => {
    const found = await stores.deployments.get(assigned.scep.id);
    assert.ok(found !== null);
    return found;
  };
  /** As the issuing ledger leaves it. */
  const issue = async (): Promise<void> => {
    const known = await current();
    await stores.transact(() =>
      stores.deployments.save([
        { ...known, state: 'issued', issuedGeneration: known.generation, currentCertificateId: 'certificate-1' },
      ]),
    );
  };
  const send = (...reports: Parameters<typeof report>[1]['reports']) =>
    report(ports, { device: joined.device, reports, requestId: null });
  return {
    clock,
    stores,
    ports,
    device: joined.device,
    deployments: assigned,
    profiles,
    call,
    current,
    issue,
    send,
    installed,
    noted,
    get transactions() {
      return transactions;
    },
    get reads() {
      return reads;
    },
    get reconciled() {
      return reconciled;
    },
    [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose](),
  };
}

const heldScep = (id: string, change: Partial<HeldItem> = {}): HeldItem => ({
  deploymentId: id,
  thumbprint256: null,
  underWay: null,
  deliveryVersion: 1,
  ...change,
});

describe('check-in', () => {
  it('that finds nothing to do reads the deployments once, and writes nothing of its own', async () => {
    await using world = await setUp();
    await world.issue();
    const held = [heldScep(world.deployments.scep.id, { thumbprint256 })];
    await world.call(held);
    const { reads, transactions } = world;
    world.clock.advance(hour);
    const answer = await world.call(held);
    assert.deepEqual([answer.enroll, answer.redeliver, answer.remove], [[], [], []]);
    assert.equal(world.reads - reads, 1);
    assert.equal(world.transactions, transactions);
    assert.deepEqual([...world.noted], [[world.device.id, world.clock.now()]]);
  });

  it('that says nothing new is brought up to date all the same when it is marked', async () => {
    await using world = await setUp();
    await world.call();
    assert.equal(world.reconciled, 1);
    await world.call();
    assert.equal(world.reconciled, 1);
    await world.stores.transact(() => world.stores.dirtyQueue.mark([world.device.id]));
    await world.call();
    assert.equal(world.reconciled, 2);
  });

  it('brings the trusted root, and a payload with a live challenge for what is due', async () => {
    await using world = await setUp();
    const answer = await world.call();
    assert.equal(world.reconciled, 1);
    assert.deepEqual(
      answer.trustedCertificates.map(({ certificate }) => certificate),
      [root],
    );
    const [payload] = answer.enroll;
    assert.ok(payload !== undefined && answer.enroll.length === 1);
    assert.deepEqual(payload.urls, [`https://scep.test/scep/wifi/d/${world.deployments.scep.deliveryRef}`]);
    assert.equal(payload.subjectText, 'CN=bench-01');
    assert.equal(payload.challengeExpiresAt, world.clock.now() + hour);
    const challenge = await world.stores.challenges.findBySecretHash(hashSecret(payload.challenge));
    assert.equal(challenge?.deploymentId, world.deployments.scep.id);
    assert.equal((await world.current()).state, 'challengeIssued');
    assert.equal(answer.nextCheckIn, 3 * minute);
  });

  it('tells which profiles cannot be delivered, and why, in words that the message holds', async () => {
    await using world = await setUp();
    assert.deepEqual((await world.call()).undeliverable, []);
    const detail = `No value for {{SerialNumber}}\u0007 ${'x'.repeat(2000)}`;
    const problem = { code: 'variable-unresolved', detail, unresolved: [] };
    await world.stores.transact(async () =>
      world.stores.deployments.save([
        { ...(await world.current()), expectation: null, problem, state: 'challengeIssueFailed' },
      ]),
    );
    const { transactions } = world;
    const answer = await world.call();
    assert.equal(world.transactions, transactions);
    assert.deepEqual(answer.enroll, []);
    const [told] = parseCheckInAnswer(JSON.parse(JSON.stringify(checkInAnswerToJson(answer)))).undeliverable;
    assert.deepEqual([told?.profile.slug, told?.code], ['wifi', 'variable-unresolved']);
    assert.match(String(told?.detail), /^No value for \{\{SerialNumber\}\} {2}x+$/);
  });

  it('brings new directions for what is held or under way, until the device has them, and no challenge', async () => {
    await using world = await setUp();
    const { id } = world.deployments.scep;
    const underWay = { generation: 1, revision: 1 };
    assert.deepEqual((await world.call([heldScep(id, { underWay })])).redeliver, []);
    const settings = {
      ...world.profiles.scep.settings,
      renewalThreshold: 40,
      scepServerUrls: ['https://a.test/scep/wifi'],
    };
    await world.stores.transact(async () => {
      await world.stores.profiles.save({ ...world.profiles.scep, settings, version: 2, deliveryVersion: 2 });
      await world.stores.deployments.save([{ ...(await world.current()), deliveryVersion: 2 }]);
    });
    const told = await world.call([heldScep(id, { underWay })]);
    assert.deepEqual(told.enroll, []);
    const [directions] = told.redeliver;
    assert.deepEqual(
      [directions?.deliveryVersion, directions?.renewalThreshold, directions?.urls],
      [2, 40, [`https://a.test/scep/wifi/d/${world.deployments.scep.deliveryRef}`]],
    );
    await world.issue();
    const inPlace = heldScep(id, { thumbprint256 });
    assert.equal((await world.call([inPlace])).redeliver.length, 1);
    assert.equal((await world.call([{ ...inPlace, deliveryVersion: null }])).redeliver.length, 1);
    assert.deepEqual((await world.call([{ ...inPlace, deliveryVersion: 2 }])).redeliver, []);
  });

  it('asks the device to call when its certificate is renewed, if that is sooner than it would', async () => {
    await using world = await setUp();
    await world.issue();
    const { id } = world.deployments.scep;
    const renewing = async (renewAt: number) => {
      const known = await world.current();
      await world.stores.transact(() => world.stores.deployments.save([{ ...known, renewAt }]));
      return (await world.call([heldScep(id, { thumbprint256 })])).nextCheckIn;
    };
    assert.equal(await renewing(world.clock.now() + minute), minute);
    assert.equal(await renewing(world.clock.now() + hour), 3 * minute);
    assert.equal(await renewing(world.clock.now()), 3 * minute, 'it is fetched already');
  });

  it('the challenge appears in no event', async () => {
    await using world = await setUp();
    const answer = await world.call();
    const events = await world.stores.events.list({ subject: null, types: null }, { limit: 100, cursor: null });
    assert.ok(events.items.some(({ type }) => type === 'challenge.issued'));
    assert.ok(!JSON.stringify(events).includes(answer.enroll[0]?.challenge ?? '?'));
  });

  it('a request that is under way gets no second challenge, unless it is for an earlier revision', async () => {
    await using world = await setUp();
    const { id } = world.deployments.scep;
    assert.equal((await world.call([heldScep(id, { underWay: { generation: 1, revision: 1 } })])).enroll.length, 0);
    assert.equal((await world.call([heldScep(id, { underWay: { generation: 1, revision: 0 } })])).enroll.length, 1);
  });

  it('what the device holds and should not is to be removed, known to us or not', async () => {
    await using world = await setUp();
    const { scep } = world.deployments;
    await world.stores.transact(() =>
      world.stores.deployments.save([{ ...scep, wanted: false, state: 'removedFromCollection' }]),
    );
    const answer = await world.call([heldScep(scep.id, { thumbprint256 }), heldScep('a-stranger', { thumbprint256 })]);
    assert.deepEqual(answer.remove, [scep.id, 'a-stranger']);
    assert.deepEqual(answer.enroll, []);
    await world.send({ outcome: 'removed', deploymentId: scep.id });
    assert.equal((await world.current()).state, 'deleted');
  });

  it('a retired device gets nothing and is told so', async () => {
    await using world = await setUp();
    await retireDevice(world.ports, { deviceId: world.device.id, action: 'retire', cause: systemCause });
    const answer = await world.call([heldScep(world.deployments.scep.id, { thumbprint256 })]);
    assert.equal(answer.retired, true);
    assert.deepEqual([answer.enroll, answer.trustedCertificates], [[], []]);
    assert.deepEqual(answer.remove, [world.deployments.scep.id]);
  });
});

describe('inventory', () => {
  it('a certificate that is gone is issued again, once', async () => {
    await using world = await setUp();
    await world.issue();
    const answer = await world.call();
    assert.equal(answer.enroll[0]?.generation, 2);
    const again = await world.call();
    assert.equal(again.enroll[0]?.generation, 2);
  });

  it('one that is gone and cannot be made again stands as an error, with its reason', async () => {
    await using world = await setUp();
    await world.issue();
    const problem = { code: 'variable-unresolved', detail: 'There is no mail address.', unresolved: [] };
    const held = await world.current();
    await world.stores.transact(() => world.stores.deployments.save([{ ...held, expectation: null, problem }]));
    assert.deepEqual((await world.call()).enroll, []);
    const { state, problem: after, generation } = await world.current();
    assert.deepEqual([state, after, generation], ['challengeIssueFailed', problem, 2]);
  });

  it('one whose answer is still to be fetched is not missing', async () => {
    await using world = await setUp();
    await world.issue();
    const { id } = world.deployments.scep;
    const answer = await world.call([heldScep(id, { underWay: { generation: 1, revision: 1 } })]);
    assert.deepEqual(answer.enroll, []);
    assert.equal((await world.current()).state, 'issued');
  });

  it('one whose answer did not arrive, or could not be read, is told apart from one that was never issued', async () => {
    await using world = await setUp();
    await world.issue();
    const held = await world.current();
    const failed = {
      outcome: 'failed',
      deploymentId: held.id,
      step: 'submit',
      code: 'no-answer',
      detail: 'x',
    } as const;
    const change = changeBy(held, failed);
    assert.deepEqual([change?.cause, change?.problem?.code], ['response-failed', 'no-answer']);
    await world.stores.transact(() =>
      world.stores.deployments.move(held, { ...change, cause: 'response-failed', at: 1 }),
    );
    assert.equal((await world.current()).state, 'responseProcessingFailed');
    await world.call([heldScep(held.id, { thumbprint256 })]);
    const { state, problem } = await world.current();
    assert.deepEqual([state, problem], ['installed', null]);
  });

  it('one that is there counts as installed even when the report got lost', async () => {
    await using world = await setUp();
    await world.issue();
    await world.call([heldScep(world.deployments.scep.id, { thumbprint256 })]);
    assert.equal((await world.current()).state, 'installed');
    assert.equal(world.installed.get('certificate-1'), world.clock.now());
  });

  it('another certificate than ours in its place is as good as none', async () => {
    await using world = await setUp();
    await world.issue();
    const answer = await world.call([heldScep(world.deployments.scep.id, { thumbprint256: '00'.repeat(32) })]);
    assert.equal(answer.enroll[0]?.generation, 2);
  });
});

describe('reports', () => {
  it('installed sets state and time', async () => {
    await using world = await setUp();
    await world.issue();
    const { id } = world.deployments.scep;
    assert.deepEqual(await world.send({ outcome: 'installed', deploymentId: id, thumbprint256 }), {
      recorded: 1,
      refused: [],
    });
    assert.equal((await world.current()).state, 'installed');
    assert.equal(world.installed.get('certificate-1'), world.clock.now());
  });

  it('a certificate that is not the current one cannot be installed', async () => {
    await using world = await setUp();
    await world.issue();
    const { id } = world.deployments.scep;
    const answer = await world.send({ outcome: 'installed', deploymentId: id, thumbprint256: '00'.repeat(32) });
    assert.deepEqual(answer.refused, [{ deploymentId: id, reason: 'certificate-not-current' }]);
    assert.equal(world.installed.size, 0);
  });

  it("another device's deployment does not exist for this one", async () => {
    await using world = await setUp();
    const other = { ...world.device, id: '018f0000-0000-7000-8000-000000000000' as typeof world.device.id };
    await world.issue();
    const answer = await report(world.ports, {
      device: other,
      reports: [{ outcome: 'missing', deploymentId: world.deployments.scep.id }],
      requestId: null,
    });
    assert.deepEqual(answer.refused, [{ deploymentId: world.deployments.scep.id, reason: 'deployment-unknown' }]);
    assert.equal((await world.current()).generation, 1);
  });

  it('missing opens the next generation, once', async () => {
    await using world = await setUp();
    await world.issue();
    const deploymentId = world.deployments.scep.id;
    await world.send({ outcome: 'missing', deploymentId }, { outcome: 'missing', deploymentId });
    const { generation, state } = await world.current();
    assert.deepEqual({ generation, state }, { generation: 2, state: 'renewalRequested' });
  });

  it('failures say where and why', async () => {
    await using world = await setUp();
    await world.call();
    const deploymentId = world.deployments.scep.id;
    await world.send({ outcome: 'failed', deploymentId, step: 'submit', code: 'unreachable', detail: 'no route' });
    const { state, problem } = await world.current();
    assert.equal(state, 'requestSubmitFailed');
    assert.deepEqual(problem, { code: 'unreachable', detail: 'no route', unresolved: [] });
    assert.equal((await world.call()).enroll.length, 1, 'and it stays due');
  });

  it('a FAILURE of the SCEP server keeps what the server recorded about it', async () => {
    await using world = await setUp();
    await world.call();
    const deploymentId = world.deployments.scep.id;
    await world.send({ outcome: 'failed', deploymentId, step: 'scep', code: 'scep-bad-request', detail: 'x' });
    assert.equal((await world.current()).state, 'challengeIssued');
  });

  it('a trusted certificate is installed by its word', async () => {
    await using world = await setUp();
    const deploymentId = world.deployments.trusted.id;
    await world.send({ outcome: 'installed', deploymentId, thumbprint256 });
    assert.equal((await world.stores.deployments.get(world.deployments.trusted.id))?.state, 'installed');
  });
});

describe('cadence and wake version', () => {
  it('quick at first, then steady; or as the administrator says', async () => {
    await using world = await setUp();
    assert.equal((await world.call()).nextCheckIn, 3 * minute);
    world.clock.advance(16 * minute);
    assert.equal((await world.call()).nextCheckIn, 15 * minute);
    world.clock.advance(2 * hour);
    assert.equal((await world.call()).nextCheckIn, 8 * hour);
    await saveCadence(world.ports, { cadence: { early: [], steady: hour }, cause: systemCause });
    assert.equal((await world.call()).nextCheckIn, hour);
  });

  it('a cadence out of bounds or order is refused', async () => {
    await using world = await setUp();
    const save = (cadence: Parameters<typeof saveCadence>[1]['cadence']) =>
      saveCadence(world.ports, { cadence, cause: systemCause });
    await assert.rejects(save({ early: [], steady: 5 }), (error) => isFailure(error, 'cadence-out-of-range'));
    const early = [hour, minute].map((until) => ({ until, every: minute }));
    await assert.rejects(save({ early, steady: hour }), (error) => isFailure(error, 'cadence-out-of-order'));
  });

  it('the version changes with what is due and with the cadence, not with what the device does', async () => {
    await using world = await setUp();
    const version = async () => (await wakeVersions(world.ports, [world.device.id])).get(world.device.id);
    const answer = await world.call();
    assert.equal(answer.wakeVersion, await version());
    await world.issue();
    await world.send({ outcome: 'installed', deploymentId: world.deployments.scep.id, thumbprint256 });
    assert.equal(await version(), answer.wakeVersion);
    await saveCadence(world.ports, { cadence: { early: [], steady: hour }, cause: systemCause });
    const withCadence = await version();
    assert.notEqual(withCadence, answer.wakeVersion);
    await world.send({ outcome: 'missing', deploymentId: world.deployments.scep.id });
    assert.notEqual(await version(), withCadence);
  });
});
