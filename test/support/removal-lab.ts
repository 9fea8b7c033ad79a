/** Devices in a group that hold certificates of a profile, and all that takes them away again, on a clock of its own. */
import assert from 'node:assert/strict';
import { assign } from '../../src/assignments/assign.ts';
import { recordRevocation } from '../../src/authority/revoke.ts';
import { isDue } from '../../src/deployments/deployment.ts';
import { changeMembers } from '../../src/directory/change-members.ts';
import type { Device } from '../../src/directory/device.ts';
import { systemCause as cause } from '../../src/events/event.ts';
import { startJob } from '../../src/jobs/start-job.ts';
import { workOnJob } from '../../src/jobs/work-on-job.ts';
import { decideRemovals } from '../../src/lifecycle/decide-removals.ts';
import { type ReconcileDeps, reconcile, reconcileConfirmed } from '../../src/lifecycle/reconcile.ts';
import type { RemovalCase } from '../../src/lifecycle/removal.ts';
import { removalJob } from '../../src/lifecycle/removal-job.ts';
import { revokeDueRemovals } from '../../src/lifecycle/revoke-due-removals.ts';
import { confirmRemoval, rejectRemoval } from '../../src/lifecycle/settle-removal.ts';
import type { Profile, ScepProfile } from '../../src/profiles/profile.ts';
import type { RemovalOverrides } from '../../src/profiles/removal-rule.ts';
import type { Store } from '../../src/store/store.ts';
import { makeDevice, makeGroup, makeScepProfile, makeTrustedProfile } from './make-facts.ts';
import { aChallenge, anIssuance, recordTime } from './records.ts';

export type RemovalLab = Awaited<ReturnType<typeof removalLab>>;

export async function removalLab(
  stores: Store,
  options: { readonly devices: number; readonly removal?: RemovalOverrides },
) {
  let now = recordTime;
  const clock = { now: () => now, monotonic: () => now };
  const deps: ReconcileDeps & Store = { ...stores, clock, wanted: { ...stores, reach: stores } };
  const devices = Array.from({ length: options.devices }, (_, at) => makeDevice({ deviceName: `d${at}` }));
  const group = makeGroup({ kind: 'device' });
  const root = makeTrustedProfile();
  const plain = makeScepProfile(root);
  const server = { ...plain.settings.server, removal: options.removal ?? {} };
  const profile: ScepProfile = { ...plain, settings: { ...plain.settings, server } };
  const members = devices.map(({ id }) => ({ kind: 'device', id }) as const);

  /** Until nothing is left to reconcile; in small batches, as others would be served in between. */
  async function settle(): Promise<void> {
    do while ((await reconcile(deps, { limit: 4, cause })).devices > 0);
    while ((await decide()).released > 0);
  }
  const carryOut: Parameters<typeof removalJob>[0]['carryOut'] = (removals, by) =>
    reconcileConfirmed(deps, { removals, cause: by });
  const decide = () => decideRemovals({ ...deps, limits: stores, carryOut });

  const lab = {
    stores,
    deps,
    devices,
    group,
    profile: profile as ScepProfile,
    root: root as Profile,
    settle,
    decide,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    empty: (which: readonly Device[] = devices) =>
      changeMembers(deps, { groupId: group.id, add: [], remove: memberOf(which), cause }),
    refill: (which: readonly Device[] = devices) =>
      changeMembers(deps, { groupId: group.id, add: memberOf(which), remove: [], cause }),
    /** Every device that is due gets its certificate. */
    issue: async () => {
      for (const deployment of await lab.deployments()) {
        if (!isDue(deployment)) continue;
        const challenge = aChallenge(deployment, { createdAt: now, expiresAt: now + 3_600_000 });
        await stores.transact(() => stores.challenges.insert([challenge]));
        const committed = await stores.ledger.commit(anIssuance(deployment, challenge));
        assert.equal(committed.kind, 'committed');
      }
    },
    /** Of the SCEP profile, in the order of the devices. */
    deployments: async () => {
      const all = await stores.deployments.byDevices(devices.map(({ id }) => id));
      return devices.flatMap(({ id }) => all.find((each) => each.deviceId === id && each.kind === 'scep') ?? []);
    },
    /** By device: whether its newest certificate stands. */
    standing: async () => {
      const standing: boolean[] = [];
      for (const { currentCertificateId } of await lab.deployments()) {
        const found = await stores.certificates.get(currentCertificateId as never);
        standing.push(found !== null && found.revokedAt === null);
      }
      return standing;
    },
    revokeDue: async () => {
      const revoke: Parameters<typeof revokeDueRemovals>[0]['revoke'] = (input) =>
        recordRevocation({ ...stores, clock, holderOf: async () => [] }, input);
      let total = 0;
      for (let some = 1; some > 0; total += some)
        some = await revokeDueRemovals({ ...deps, revoke }, { limit: 3, cause });
      return total;
    },
    waiting: () => stores.removalCases.waiting(),
    confirm: (one: RemovalCase) =>
      confirmRemoval(
        { ...deps, startJob: (input) => startJob(deps, input) },
        { caseId: one.id, title: 'Removal', rate: null, cause },
      ),
    reject: (one: RemovalCase) => rejectRemoval(deps, { caseId: one.id, cause }),
    /** A batch of every job that runs; answers how many items were seen to. */
    work: async () => {
      let items = 0;
      const kind = removalJob({ ...deps, carryOut, afterBatch: () => {} });
      for (const job of (await stores.jobs.list({ state: 'running' }, { limit: 50, cursor: null })).items) {
        const input = { job, limit: 4, patient: true, within: async () => {}, onError: assert.ifError };
        items += (await workOnJob({ ...deps, kind }, input)).items;
      }
      return items;
    },
  };

  await stores.transact(async () => {
    await stores.devices.save(devices);
    await stores.groups.save([group]);
    for (const each of [root, profile]) await stores.profiles.save(each);
    await stores.groups.changeMembers({ add: members.map((member) => ({ groupId: group.id, member })), remove: [] });
  });
  for (const { id } of [root, profile])
    await assign(deps, {
      profileId: id,
      assignments: [{ mode: 'include', target: { kind: 'group', groupId: group.id } }],
      cause,
    });
  await settle();
  await lab.issue();
  // The moment of renewal is the planner's.
  await stores.transact(() => stores.dirtyQueue.markAll());
  await settle();
  return lab;
}

function memberOf(devices: readonly Device[]) {
  return devices.map(({ id }) => ({ kind: 'device', id }) as const);
}
