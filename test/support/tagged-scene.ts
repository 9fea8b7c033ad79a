/** Everything that carries scope tags, once of the north, once of the south and once of nobody in particular, on a running server. */
import type { ScopeTagId } from '../../src/access/scope-tag.ts';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { type NewEvent, systemCause } from '../../src/events/event.ts';
import type { JobId } from '../../src/jobs/job.ts';
import { day } from '../../src/lib/clock.ts';
import { newId } from '../../src/lib/ids.ts';
import type { Store } from '../../src/store/store.ts';
import type { AdminFixture } from './admin-fixture.ts';
import { makeFilter, makeGroup, makeTrustedProfile } from './make-facts.ts';
import { aChallenge, aDeployment, aDevice, anIssuance, aUser, recordTime, someHex } from './records.ts';

export const regions = ['north', 'south', 'untagged'] as const;
export type Region = (typeof regions)[number];

/** Ids by what stands in addresses. */
export type RegionObjects = Readonly<
  Record<
    | 'user'
    | 'device'
    | 'group'
    | 'profile'
    | 'filter'
    | 'scopeTag'
    | 'deployment'
    | 'certificate'
    | 'job'
    | 'removal'
    | 'approval'
    | 'entry',
    string
  >
>;

/** Stands in every name of what is of a region, and in nothing else. */
export function markOf(region: Region): string {
  return `zq${region}qz`;
}

export async function taggedScene({ world, api }: AdminFixture): Promise<Readonly<Record<Region, RegionObjects>>> {
  const { store, clock } = world.server.foundation;
  const root = await api('GET', '/authorities/alderfinch');
  const made = {} as Record<Region, RegionObjects>;
  for (const region of regions) {
    const name = markOf(region);
    const tagId = region === 'untagged' ? '0' : newId(clock);
    const group = { ...makeGroup({ name }), id: newId(clock) } as ReturnType<typeof makeGroup>;
    const user = aUser({ userPrincipalName: `${name}@example.org`, displayName: name });
    const device = aDevice({ deviceName: name, platform: 'linux', primaryUserId: user.id });
    const scopeTags = region === 'untagged' ? [] : [region];
    const profile = { ...makeTrustedProfile(), id: newId(clock), name, slug: name as never, scopeTags } as ReturnType<
      typeof makeTrustedProfile
    >;
    const filter = { ...makeFilter({ name, scopeTags }), id: newId(clock) } as ReturnType<typeof makeFilter>;
    const deployment = aDeployment({ deviceId: device.id, profileId: profile.id, userId: user.id });
    await store.transact(async () => {
      if (region !== 'untagged')
        await store.scopeTags.save({
          id: tagId as ScopeTagId,
          name: region,
          description: name,
          groupIds: [group.id],
          version: 1,
          createdAt: 0,
          updatedAt: 0,
        });
      await store.users.save([user]);
      await store.devices.save([device]);
      await store.groups.save([group]);
      await store.groups.changeMembers({
        add: [{ groupId: group.id, member: { kind: 'device', id: device.id } }],
        remove: [],
      });
      await store.profiles.save(profile);
      await store.profileHistory.record(
        {
          id: newId(clock),
          profileId: profile.id,
          kind: 'saved',
          version: 1,
          restoredFrom: null,
          at: 1,
          cause: systemCause,
          changes: [],
        },
        [profile],
      );
      await store.filters.save(filter);
      await store.deployments.save([deployment]);
    });
    made[region] = {
      user: user.id,
      device: device.id,
      group: group.id,
      profile: profile.id,
      filter: filter.id,
      scopeTag: tagId,
      deployment: deployment.id,
      ...(await whatCameOfIt(store, deployment, name)),
    };
  }
  if (root.status !== 200) throw new Error('The scene needs an authority.');
  return made;
}

async function whatCameOfIt(store: Store, deployment: Deployment, name: string) {
  const { id, deviceId, profileId } = deployment;
  const challenge = aChallenge(deployment);
  await store.transact(() => store.challenges.insert([challenge]));
  const issuance = anIssuance(deployment, challenge);
  const committed = await store.ledger.commit(issuance);
  if (committed.kind !== 'committed') throw new Error(`The scene's certificate is ${committed.kind}.`);
  const [job, removal, approval] = [someUuid(), someUuid(), someUuid()];
  const actor = { kind: 'token', id: 'somebody', name: 'Somebody' } as const;
  const event = (type: NewEvent['type'], data: NewEvent['data'], ...subjects: NewEvent['subjects']): NewEvent => ({
    type,
    cause: { actor, requestId: null },
    subjects,
    data,
  });
  await store.transact(async () => {
    await store.jobs.save({
      id: job as JobId,
      kind: 're-issue',
      title: `Re-issue: ${name}`,
      input: { profileId, deviceId: null, filterId: null, until: 0 },
      state: 'done',
      total: 1,
      done: 0,
      skipped: 0,
      failed: 1,
      cursor: null,
      rate: null,
      actor,
      createdAt: recordTime,
      updatedAt: recordTime,
      finishedAt: recordTime,
    });
    await store.jobs.addFailures(job as JobId, [
      { id: someUuid(), item: id, name, code: 'failed', detail: name, at: recordTime },
    ]);
    await store.removalCases.save({
      id: removal,
      profileId,
      occasion: 'unassigned',
      state: 'waiting',
      openedAt: recordTime,
      joinedAt: recordTime,
      remindedAt: null,
      decidedAt: null,
      decidedBy: null,
      jobId: null,
    } as never);
    await store.pendingRequests.save({
      id: approval,
      deploymentId: id,
      revision: 1,
      generation: 1,
      transactionID: name,
      keyHash: someHex(32),
      certificationRequest: new Uint8Array([48, 0]),
      proof: { kind: 'challenge', id: challenge.id },
      state: 'waiting',
      createdAt: recordTime,
      decidedAt: null,
      decidedBy: null,
    } as never);
    await store.events.append([
      event('profile.saved', { name, version: 1, changes: [] }, { kind: 'profile', id: profileId, name }),
      event(
        'enrollment.refused',
        { reason: 'device-failed', name },
        { kind: 'deployment', id },
        { kind: 'device', id: deviceId },
        { kind: 'profile', id: profileId },
      ),
    ]);
  });
  const page = { limit: 1, cursor: null };
  const [entry] = (
    await store.events.list({ subject: { kind: 'profile', id: profileId }, types: ['profile.saved'] }, page)
  ).items;
  return { certificate: issuance.certificate.id, job, removal, approval, entry: String(entry?.id) };
}

function someUuid(): string {
  return newId({ now: () => recordTime + day });
}
