/** What becomes of a certificate after it was issued, with a real agent: lost, renewed, superseded, out of date. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { runAgentOnce } from '../../src/client/agent.ts';
import { joinAgent } from '../../src/client/join-agent.ts';
import { saveDevice } from '../../src/directory/save-device.ts';
import { systemCause } from '../../src/events/event.ts';
import { day, hour } from '../../src/lib/clock.ts';
import { startSchedule } from '../../src/schedule.ts';
import { startAgentWorld } from '../support/agent-world.ts';

type World = Awaited<ReturnType<typeof startAgentWorld>>;

/** Until the moment at which the current certificate is renewed, and a little on. */
async function toRenewal(world: World): Promise<void> {
  const { renewAt } = await world.deployment();
  assert.ok(renewAt !== null);
  world.clock.advance(renewAt - world.clock.now() + hour);
}

async function rename(world: World, deviceName: string): Promise<void> {
  const { deviceId } = await world.deployment();
  const facts = { deviceName };
  await saveDevice({ ...world.store, clock: world.clock }, { id: deviceId, facts, source: 'api', cause: systemCause });
  await world.reconciling.settled();
}

/** As an administrator would who wants other certificates. */
async function edit(world: World): Promise<void> {
  const { scep } = world.profiles;
  const settings = { ...scep.settings, subjectNameFormat: 'CN={{DeviceName}},O=Edited' };
  await world.store.transact(async () => {
    await world.store.profiles.save({ ...scep, settings, version: 2, contentVersion: 2 });
    await world.store.dirtyQueue.markAll();
  });
  await world.reconciling.settled();
}

/** In the order in which they were issued. */
async function issued(world: World) {
  return (await world.certificates()).toSorted((a, b) => (a.generation ?? 0) - (b.generation ?? 0));
}

describe('a certificate is looked after until its end', () => {
  it('comes back to a device that lost everything and joined anew', async () => {
    await using world = await startAgentWorld();
    const { deviceId } = await world.join();
    await runAgentOnce(world.deps);
    const token = await world.delivery.createJoinToken({
      deviceId: deviceId as never,
      userId: null,
      lifetime: day,
      cause: systemCause,
    });
    rmSync(world.agentFolder, { recursive: true });
    await joinAgent(world.deps, { server: world.url, token: token.text });
    const run = await runAgentOnce(world.deps);
    assert.deepEqual(
      run.results.map(({ outcome }) => outcome),
      ['enrolled'],
    );
    const after = await world.deployment();
    assert.deepEqual([after.deviceId, after.state, after.issuedGeneration], [deviceId, 'installed', 2]);
  });

  it('comes back when it ended long ago, at the next check-in, and when it was revoked', async () => {
    await using world = await startAgentWorld();
    await world.join();
    await runAgentOnce(world.deps);
    world.clock.advance(800 * day);
    await runAgentOnce(world.deps);
    const renewed = await world.deployment();
    assert.deepEqual([renewed.state, renewed.issuedGeneration], ['installed', 2]);
    await world.authority.revoke({
      certificateId: renewed.currentCertificateId as never,
      reason: 'keyCompromise',
      cause: systemCause,
    });
    await runAgentOnce(world.deps);
    assert.equal((await world.deployment()).issuedGeneration, 3);
  });

  it('serves until its successor is in place, and is revoked as superseded when the profile says', async () => {
    await using world = await startAgentWorld({ supersededCertificates: { action: 'revoke', afterDays: 3 } });
    await world.join();
    await runAgentOnce(world.deps);
    await toRenewal(world);
    await runAgentOnce(world.deps);
    const [old, current] = await issued(world);
    assert.equal(old?.revokedAt, null);
    assert.equal(old?.revokeAt, (old?.supersededAt ?? 0) + 3 * day);
    await world.lifecycle.revokeSuperseded();
    assert.equal((await issued(world))[0]?.revokedAt, null);
    world.clock.advance(3 * day);
    await world.lifecycle.revokeSuperseded();
    const [revoked, kept] = await issued(world);
    assert.deepEqual([revoked?.revocationReason, kept?.revokedAt], ['superseded', null]);
    assert.equal((await world.deployment()).currentCertificateId, current?.id);
    await world.lifecycle.renewDue();
    assert.equal((await world.deployment()).generation, 2, 'nothing is due because of it');
  });

  it('is revoked once its successor is in place when the profile was edited, and is on the CRL', async () => {
    await using world = await startAgentWorld();
    await world.join();
    await runAgentOnce(world.deps);
    await edit(world);
    await world.lifecycle.revokeSuperseded();
    assert.deepEqual(
      (await issued(world)).map(({ revokedAt }) => revokedAt),
      [null],
      'it serves until then',
    );
    await runAgentOnce(world.deps);
    const replacedAt = world.clock.now();
    {
      await using _timed = startSchedule(world);
    }
    const [old, current] = await issued(world);
    assert.deepEqual([old?.revocationReason, old?.revokedAt, current?.revokedAt], ['superseded', replacedAt, null]);
    assert.equal((await world.deployment()).currentCertificateId, current?.id);
    assert.ok(old !== undefined && current !== undefined);
    const crl = await world.store.crls.latest(old.issuerId, old.shard);
    assert.ok(crl !== null);
    const lists = (serial: string) => Buffer.from(crl.der).includes(Buffer.from(serial, 'hex'));
    assert.deepEqual([lists(old.serial), lists(current.serial)], [true, false]);
    await toRenewal(world);
    await runAgentOnce(world.deps);
    await world.lifecycle.revokeSuperseded();
    const revoked = (await issued(world)).map(({ revokedAt }) => revokedAt !== null);
    assert.deepEqual(revoked, [true, false, false], 'a renewal leaves what came before it');
  });

  it('is left after an edit when the profile says that', async () => {
    const rule = { removeFromDevice: true, revoke: false, afterDays: 0, reason: 'superseded' } as const;
    await using world = await startAgentWorld({ removal: { profileChanged: rule } });
    await world.join();
    await runAgentOnce(world.deps);
    await edit(world);
    await runAgentOnce(world.deps);
    world.clock.advance(day);
    await world.lifecycle.revokeSuperseded();
    const [old, current] = await issued(world);
    assert.equal(current?.generation, 2);
    assert.notEqual(old?.supersededAt, null);
    assert.equal(old?.revokedAt, null);
  });

  it('says what the directory said; a rename is drift until the renewal', async () => {
    await using world = await startAgentWorld();
    await world.join();
    await runAgentOnce(world.deps);
    await rename(world, 'bench-02');
    await runAgentOnce(world.deps);
    const drifting = await world.deployment();
    assert.notEqual(drifting.driftedAt, null);
    assert.deepEqual([drifting.issuedGeneration, drifting.issuedExpectation?.subjectText], [1, 'CN=bench-01']);
    await toRenewal(world);
    await runAgentOnce(world.deps);
    const after = await world.deployment();
    assert.deepEqual([after.driftedAt, after.issuedGeneration], [null, 2]);
    assert.equal((await issued(world)).at(-1)?.subjectText, 'CN=bench-02');
  });

  it('is replaced at once, or never, where the profile says so', async () => {
    await using eager = await startAgentWorld({ directoryChanges: 'reissueNow' });
    await eager.join();
    await runAgentOnce(eager.deps);
    await rename(eager, 'bench-02');
    await runAgentOnce(eager.deps);
    assert.deepEqual(
      (await issued(eager)).map(({ subjectText }) => subjectText),
      ['CN=bench-01', 'CN=bench-02'],
    );
    await using stubborn = await startAgentWorld({ directoryChanges: 'never' });
    await stubborn.join();
    await runAgentOnce(stubborn.deps);
    await rename(stubborn, 'bench-02');
    await toRenewal(stubborn);
    await runAgentOnce(stubborn.deps);
    assert.deepEqual(
      (await issued(stubborn)).map(({ subjectText }) => subjectText),
      ['CN=bench-01', 'CN=bench-01'],
    );
    assert.equal((await stubborn.deployment()).withheld?.kind, 'resolved');
  });

  it('is never moved without an event of that moment that names its deployment and who did it', async () => {
    await using world = await startAgentWorld();
    await world.join();
    const seen: string[] = [];
    const look = async () => {
      await world.reconciling.settled();
      const { id, state, stateSince, stateCause } = await world.deployment();
      const subject = { kind: 'deployment', id } as const;
      const { items } = await world.store.events.list({ subject, types: null }, { limit: 50, cursor: null });
      const about = items.filter(({ at }) => at === stateSince);
      assert.ok(about.length > 0, `nothing tells of ${state} by ${stateCause}`);
      assert.ok(about.every(({ cause }) => cause.actor.name !== ''));
      seen.push(state);
    };
    const after = async (step: () => Promise<unknown>) => {
      world.clock.advance(hour);
      await step();
      await look();
    };
    await after(() => runAgentOnce(world.deps));
    await after(async () => {
      rmSync(world.folder.file('agent', 'certificates', 'wifi', 'certificate.pem'));
      await runAgentOnce(world.deps);
    });
    await after(async () => {
      await toRenewal(world);
      await world.lifecycle.renewDue();
    });
    await after(() => runAgentOnce(world.deps));
    await after(() => world.assign(false));
    await after(() => world.assign(true));
    await after(() => world.assign(false));
    await after(() => runAgentOnce(world.deps));
    assert.deepEqual(seen, [
      'installed',
      'installed',
      'renewalRequested',
      'installed',
      // Taken back and revoked by the default rule, wanted again, and taken back before it was fetched.
      'revoked',
      'requested',
      'revoked',
      'revoked',
    ]);
  });
});
