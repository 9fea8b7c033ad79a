import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { aDeployment, anId, aScepTransaction } from '../../test/support/records.ts';
import { openTestStores } from '../../test/support/stores.ts';
import type { DeviceId } from '../directory/device.ts';
import { systemCause } from '../events/event.ts';
import { minute } from '../lib/clock.ts';
import { deviceTimeline, type TimelineEntry } from './device-timeline.ts';

/** Event, SCEP request, event, SCEP request, … a minute apart, of one device; and one of each of another device. */
async function history(rounds: number) {
  const clock = fakeClock();
  const stores = await openTestStores({ clock });
  const deviceId = anId<DeviceId>();
  const deployment = aDeployment({ deviceId });
  const other = aDeployment();
  await stores.transact(() => stores.deployments.save([deployment, other]));
  const happens = async (to: typeof deployment) => {
    const subjects = [{ kind: 'device', id: to.deviceId }] as const;
    await stores.transact(() =>
      stores.events.append([{ type: 'directory.changed', cause: systemCause, subjects, data: {} }]),
    );
    clock.advance(minute);
    const row = aScepTransaction({ deploymentId: to.id, at: clock.now() });
    await stores.transact(() => stores.scepTransactions.append(row));
    clock.advance(minute);
  };
  await happens(other);
  for (let i = 0; i < rounds; i++) await happens(deployment);
  return { stores, deviceId };
}

const kinds = (entries: readonly TimelineEntry[]) => entries.map(({ kind }) => kind);

test('events and SCEP requests of one device stand in one list, newest first', async () => {
  const { stores: opened, deviceId } = await history(3);
  await using stores = opened;
  const { items, next } = await deviceTimeline(stores, { deviceId, page: { limit: 50, cursor: null } });
  assert.deepEqual(kinds(items), ['scep', 'event', 'scep', 'event', 'scep', 'event']);
  assert.deepEqual(
    items.map(({ at }) => at),
    items.map(({ at }) => at).toSorted((a, b) => b - a),
  );
  assert.equal(next, null);
});

test('page by page nothing is missing and nothing comes twice', async () => {
  const { stores: opened, deviceId } = await history(5);
  await using stores = opened;
  const whole = await deviceTimeline(stores, { deviceId, page: { limit: 50, cursor: null } });
  const seen: TimelineEntry[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof deviceTimeline>> = await deviceTimeline(stores, {
      deviceId,
      page: { limit: 2, cursor },
    });
    seen.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  assert.deepEqual(seen, whole.items);
});

test('a cursor of somebody else is refused', async () => {
  await using stores = await openTestStores();
  const page = { limit: 5, cursor: 'nonsense' };
  await assert.rejects(deviceTimeline(stores, { deviceId: anId<DeviceId>(), page }), { code: 'bad-cursor' });
});
