import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { openTestStores } from '../../test/support/stores.ts';
import type { Device, DeviceId } from '../directory/device.ts';
import { retireDevice } from '../directory/retire-device.ts';
import { systemCause } from '../events/event.ts';
import { parseJoinToken } from '../formats/agent/join-token-text.ts';
import { day, minute } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { authenticateDevice } from './authenticate-device.ts';
import { createJoinToken } from './create-join-token.ts';
import { joinDevice } from './join-device.ts';
import { leaveDevice } from './leave-device.ts';
import { recordCheckIn } from './record-check-in.ts';
import { revokeCredentials } from './revoke-credentials.ts';
import { credentialLifetime } from './rotate-credential.ts';

const pin = 'ab'.repeat(32);
const facts = { deviceName: 'bench-01', platform: 'linux', osVersion: '12' };

async function setUp() {
  const clock = fakeClock();
  const stores = await openTestStores({ clock });
  const deps = { ...stores, clock, tokens: stores.joinTokens, pin: async () => pin };
  const token = async (input: Partial<Parameters<typeof createJoinToken>[1]> = {}) =>
    createJoinToken(deps, { deviceId: null, userId: null, cause: systemCause, ...input });
  const join = (text: string, as: typeof facts = facts) =>
    joinDevice(deps, { secret: parseJoinToken(text).secret, facts: as, requestId: null });
  const joined = async (as = facts): Promise<{ device: Device; credential: string }> => {
    const result = await join((await token()).text, as);
    assert.ok(result.kind === 'joined');
    return result;
  };
  const authenticate = (secret: string) => authenticateDevice(deps, { secret });
  const eventTypes = async () =>
    (await stores.events.list({ subject: null, types: null }, { limit: 100, cursor: null })).items.map(
      ({ type }) => type,
    );
  return {
    clock,
    stores,
    deps,
    token,
    join,
    joined,
    authenticate,
    eventTypes,
    [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose](),
  };
}

describe('joining', () => {
  it('a token makes a new device, enrolled but not yet registered, known by its credential', async () => {
    await using world = await setUp();
    const { device, credential } = await world.joined();
    assert.equal(device.enrolledAt, world.clock.now());
    assert.equal(device.registeredAt, null);
    assert.deepEqual(device.sources, { deviceName: 'device', platform: 'device', enrolledAt: 'device' });
    assert.equal(device.osVersion, null, 'what the device says stays apart');
    assert.equal(device.reported.osVersion, '12');
    const known = await world.authenticate(credential);
    assert.equal(known.kind === 'device' && known.device.id, device.id);
    assert.equal((await world.stores.dirtyQueue.take(10)).length, 1);
    assert.deepEqual(await world.eventTypes(), ['device.joined', 'device.join-token-created']);
  });

  it('the token carries the pin, and neither token nor credential is stored', async () => {
    await using world = await setUp();
    const { text } = await world.token();
    const { secret, fingerprint } = parseJoinToken(text);
    assert.equal(fingerprint, pin);
    const { credential } = await world.joined();
    assert.equal(await world.stores.joinTokens.findBySecretHash(secret), null);
    assert.equal(await world.stores.credentials.findBySecretHash(credential), null);
    const events = await world.stores.events.list({ subject: null, types: null }, { limit: 100, cursor: null });
    const written = JSON.stringify(events);
    assert.ok(!written.includes(secret) && !written.includes(credential));
  });

  it('a token serves once', async () => {
    await using world = await setUp();
    const { text } = await world.token();
    assert.equal((await world.join(text)).kind, 'joined');
    assert.deepEqual(await world.join(text), { kind: 'refused', reason: 'token-used' });
    assert.ok((await world.eventTypes()).includes('access.refused'));
  });

  it('an expired token does not serve', async () => {
    await using world = await setUp();
    const { text, expiresAt } = await world.token({ lifetime: 10 * minute });
    assert.equal(expiresAt, world.clock.now() + 10 * minute);
    world.clock.advance(10 * minute);
    assert.deepEqual(await world.join(text), { kind: 'refused', reason: 'token-expired' });
  });

  it('an invented token does not serve', async () => {
    await using world = await setUp();
    assert.deepEqual(await world.join(`${'A'.repeat(52)}.${pin}`), { kind: 'refused', reason: 'token-unknown' });
  });

  it('a token for another platform is refused and stays good', async () => {
    await using world = await setUp();
    const { device } = await world.joined();
    const { text } = await world.token({ deviceId: device.id });
    assert.deepEqual(await world.join(text, { ...facts, platform: 'ios' }), {
      kind: 'refused',
      reason: 'platform-mismatch',
    });
    const again = await world.join(text);
    assert.equal(again.kind === 'joined' && again.device.id, device.id);
  });

  it('a platform that nobody knows is refused', async () => {
    await using world = await setUp();
    const { text } = await world.token();
    assert.deepEqual(await world.join(text, { ...facts, platform: 'beos' }), {
      kind: 'refused',
      reason: 'platform-unknown',
    });
  });

  it('joining again ends the credential of before, and a retirement', async () => {
    await using world = await setUp();
    const { device, credential } = await world.joined();
    await retireDevice(world.deps, { deviceId: device.id, action: 'retire', cause: systemCause });
    const { text } = await world.token({ deviceId: device.id });
    const again = await world.join(text);
    assert.equal(again.kind === 'joined' && again.device.retiredAt, null);
    assert.deepEqual(await world.authenticate(credential), { kind: 'refused', reason: 'credential-revoked' });
  });

  it('a token from before a retirement brings nothing back', async () => {
    await using world = await setUp();
    const { device } = await world.joined();
    const { text } = await world.token({ deviceId: device.id });
    world.clock.advance(minute);
    await retireDevice(world.deps, { deviceId: device.id, action: 'wipe', cause: systemCause });
    assert.deepEqual(await world.join(text), { kind: 'refused', reason: 'device-retired' });
    assert.notEqual((await world.stores.devices.get(device.id))?.retiredAt, null);
    const { text: later } = await world.token({ deviceId: device.id });
    assert.equal((await world.join(later)).kind, 'joined');
  });

  it('tokens are made for what exists, and for a bounded time', async () => {
    await using world = await setUp();
    const unknown = '018f0000-0000-7000-8000-000000000000' as DeviceId;
    await assert.rejects(world.token({ deviceId: unknown }), (error) => isFailure(error, 'device-unknown'));
    await assert.rejects(world.token({ lifetime: 100 * day }), (error) => isFailure(error, 'join-token-lifetime'));
  });
});

describe('credentials', () => {
  const checkIn = async (world: Awaited<ReturnType<typeof setUp>>, secret: string) => {
    const known = await world.authenticate(secret);
    if (known.kind !== 'device') throw new Error(known.reason);
    return recordCheckIn(world.deps, { ...known, facts, requestId: null });
  };

  it('a young one is kept', async () => {
    await using world = await setUp();
    const { credential } = await world.joined();
    world.clock.advance(credentialLifetime - 1);
    assert.equal((await checkIn(world, credential)).credential, null);
  });

  it('an old one is replaced, and serves until its successor is used', async () => {
    await using world = await setUp();
    const { credential } = await world.joined();
    world.clock.advance(credentialLifetime);
    const { credential: successor } = await checkIn(world, credential);
    assert.ok(successor !== null && successor !== credential);
    assert.equal((await world.authenticate(credential)).kind, 'device');
    assert.equal((await world.authenticate(successor)).kind, 'device');
    assert.deepEqual(await world.authenticate(credential), { kind: 'refused', reason: 'credential-superseded' });
    assert.equal((await world.authenticate(successor)).kind, 'device');
  });

  it('a successor that got lost is replaced by another, and then worth nothing', async () => {
    await using world = await setUp();
    const { credential } = await world.joined();
    world.clock.advance(credentialLifetime);
    const { credential: lost } = await checkIn(world, credential);
    const { credential: kept } = await checkIn(world, credential);
    assert.ok(lost !== null && kept !== null);
    assert.equal((await world.authenticate(lost)).kind, 'refused');
    assert.equal((await world.authenticate(kept)).kind, 'device');
  });

  it('a check-in that was answered late does not end the successor that the device has', async () => {
    await using world = await setUp();
    const { credential } = await world.joined();
    world.clock.advance(credentialLifetime);
    const late = await world.authenticate(credential);
    if (late.kind !== 'device') throw new Error(late.reason);
    const { credential: successor } = await checkIn(world, credential);
    assert.equal((await recordCheckIn(world.deps, { ...late, facts, requestId: null })).credential, null);
    assert.ok(successor !== null);
    assert.equal((await world.authenticate(successor)).kind, 'device');
    // Nor after it was used, which ended the one that the late check-in showed.
    assert.equal((await recordCheckIn(world.deps, { ...late, facts, requestId: null })).credential, null);
    assert.equal((await world.authenticate(successor)).kind, 'device');
  });

  it('revoked ones are refused', async () => {
    await using world = await setUp();
    const { device, credential } = await world.joined();
    assert.equal(await revokeCredentials(world.deps, { deviceId: device.id, cause: systemCause }), 1);
    assert.deepEqual(await world.authenticate(credential), { kind: 'refused', reason: 'credential-revoked' });
    assert.equal(await revokeCredentials(world.deps, { deviceId: device.id, cause: systemCause }), 0);
  });

  it('a device that left is retired and has none', async () => {
    await using world = await setUp();
    const { device, credential } = await world.joined();
    await leaveDevice(world.deps, { device, requestId: null });
    assert.equal((await world.authenticate(credential)).kind, 'refused');
    assert.equal((await world.stores.devices.get(device.id))?.retiredAt, world.clock.now());
  });

  it('a retired device still gets in, to learn what to remove', async () => {
    await using world = await setUp();
    const { device, credential } = await world.joined();
    await retireDevice(world.deps, { deviceId: device.id, action: 'retire', cause: systemCause });
    const known = await world.authenticate(credential);
    assert.equal(known.kind === 'device' && known.device.retiredAt, world.clock.now());
  });
});

describe('what a device says of itself', () => {
  it('the first complete inventory registers it, later ones do not again', async () => {
    await using world = await setUp();
    const { credential } = await world.joined({ deviceName: 'bare', platform: 'linux' } as typeof facts);
    const known = await world.authenticate(credential);
    if (known.kind !== 'device') throw new Error(known.reason);
    const incomplete = await recordCheckIn(world.deps, {
      ...known,
      facts: { deviceName: 'bare', platform: 'linux' },
      requestId: null,
    });
    assert.equal(incomplete.device.registeredAt, null);
    world.clock.advance(minute);
    const first = await recordCheckIn(world.deps, { ...known, facts, requestId: null });
    assert.equal(first.device.registeredAt, world.clock.now());
    const registeredAt = world.clock.now();
    world.clock.advance(minute);
    const second = await recordCheckIn(world.deps, { ...known, facts, requestId: null });
    assert.equal(second.device.registeredAt, registeredAt);
    const stored = await world.stores.devices.get(known.device.id);
    assert.equal(stored?.lastCheckIn, world.clock.now());
    assert.equal(stored?.registeredAt, registeredAt);
  });

  it('never replaces what an administrator said, and marks the device only when something changed', async () => {
    await using world = await setUp();
    const { device, credential } = await world.joined();
    await world.stores.transact(() =>
      world.stores.devices.save([{ ...device, osVersion: '11', sources: { ...device.sources, osVersion: 'csv' } }]),
    );
    const known = await world.authenticate(credential);
    if (known.kind !== 'device') throw new Error(known.reason);
    await recordCheckIn(world.deps, { ...known, facts, requestId: null });
    const marks = await world.stores.dirtyQueue.take(10);
    await world.stores.transact(() => world.stores.dirtyQueue.done(marks));
    await recordCheckIn(world.deps, { ...known, facts, requestId: null });
    assert.equal(await world.stores.dirtyQueue.size(), 0);
    await recordCheckIn(world.deps, { ...known, facts: { ...facts, osVersion: '13' }, requestId: null });
    assert.equal(await world.stores.dirtyQueue.size(), 1);
    const stored = await world.stores.devices.get(device.id);
    assert.equal(stored?.osVersion, '11');
    assert.equal(stored?.reported.osVersion, '13');
  });
});
