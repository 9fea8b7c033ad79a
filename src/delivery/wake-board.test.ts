import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DeviceId } from '../directory/device.ts';
import { createWakeBoard, type Schedule } from './wake-board.ts';

const device = 'd-1' as DeviceId;
const never = new AbortController().signal;

/** Timers that run when told. */
function manualTimers() {
  const timers = new Set<{ delay: number; work: () => void }>();
  const schedule: Schedule = (delay, work) => {
    const timer = { delay, work };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  const run = (delay: number): void => {
    for (const timer of [...timers])
      if (timer.delay === delay) {
        timers.delete(timer);
        timer.work();
      }
  };
  return { schedule, run, count: () => timers.size };
}

function board() {
  const timers = manualTimers();
  const current = new Map<DeviceId, string>([[device, 'v1']]);
  const asked: number[] = [];
  const wakeBoard = createWakeBoard({
    versions: async (ids) => {
      asked.push(ids.length);
      return new Map(ids.map((id) => [id, current.get(id) ?? 'v0']));
    },
    interval: 3,
    patience: 50,
    schedule: timers.schedule,
  });
  return { timers, current, asked, wakeBoard };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the wake board', () => {
  it('answers at once when the device knows less than there is', async () => {
    const { wakeBoard } = board();
    assert.deepEqual(await wakeBoard.wait(device, 'v0', never), { version: 'v1', changed: true });
  });

  it('answers when woken, and only if something changed', async () => {
    const { wakeBoard, current } = board();
    const answer = wakeBoard.wait(device, 'v1', never);
    await settled();
    wakeBoard.wake([device]);
    await settled();
    assert.equal(wakeBoard.waiting, 1);
    current.set(device, 'v2');
    wakeBoard.wake([device]);
    assert.deepEqual(await answer, { version: 'v2', changed: true });
    assert.equal(wakeBoard.waiting, 0);
  });

  it('compares in one chain, although everybody leaves and others come while it looks', async () => {
    const timers = manualTimers();
    let held = Promise.withResolvers<void>();
    held.resolve();
    const wakeBoard = createWakeBoard({
      versions: async (ids) => {
        await held.promise;
        return new Map(ids.map((id) => [id, 'v1']));
      },
      interval: 3,
      patience: 50,
      schedule: timers.schedule,
    });
    const first = wakeBoard.wait(device, 'v1', never);
    await settled();
    held = Promise.withResolvers<void>();
    const { promise: looking, resolve: looked } = held;
    timers.run(3);
    wakeBoard.summon([device]);
    await first;
    held = Promise.withResolvers<void>();
    held.resolve();
    const second = wakeBoard.wait(device, 'v1', never);
    await settled();
    looked();
    await looking;
    await settled();
    assert.equal(timers.count(), 2, 'one for patience, one for the next comparison');
    timers.run(3);
    await settled();
    assert.equal(timers.count(), 2);
    wakeBoard.summon([device]);
    await second;
    assert.equal(timers.count(), 0);
  });

  it('answers a summons although nothing changed', async () => {
    const { wakeBoard } = board();
    const answer = wakeBoard.wait(device, 'v1', never);
    await settled();
    wakeBoard.summon(['d-2' as DeviceId]);
    await settled();
    assert.equal(wakeBoard.waiting, 1);
    wakeBoard.summon([device]);
    assert.deepEqual(await answer, { version: 'v1', changed: true });
    assert.equal(wakeBoard.waiting, 0);
  });

  it('finds what another node did by comparing every few seconds, once for all that wait', async () => {
    const { wakeBoard, current, timers, asked } = board();
    const first = wakeBoard.wait(device, 'v1', never);
    const second = wakeBoard.wait('d-2' as DeviceId, 'v0', never);
    await settled();
    asked.length = 0;
    current.set(device, 'v2');
    timers.run(3);
    assert.deepEqual(await first, { version: 'v2', changed: true });
    assert.deepEqual(asked, [2]);
    await settled();
    timers.run(3);
    current.set('d-2' as DeviceId, 'v9');
    await settled();
    timers.run(3);
    assert.equal((await second).version, 'v9');
    assert.equal(timers.count(), 0, 'nobody waits, nothing runs');
  });

  it('answers "unchanged" when patience ends, when the asker goes, and when it closes', async () => {
    const { wakeBoard, timers } = board();
    const patient = wakeBoard.wait(device, 'v1', never);
    await settled();
    timers.run(50);
    assert.deepEqual(await patient, { version: 'v1', changed: false });
    const gone = new AbortController();
    const left = wakeBoard.wait(device, 'v1', gone.signal);
    await settled();
    gone.abort();
    assert.equal((await left).changed, false);
    const last = wakeBoard.wait(device, 'v1', never);
    await settled();
    await wakeBoard[Symbol.asyncDispose]();
    assert.equal((await last).changed, false);
    assert.equal(timers.count(), 0);
  });
});
