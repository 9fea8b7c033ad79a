import assert from 'node:assert/strict';
import { aDevice, recordTime } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import { recentCalls } from './recent-calls.ts';

storeTest('devices that called have their latest time once it is written, and never an earlier one', async (stores) => {
  const devices = Array.from({ length: 3 }, () => aDevice({ lastCheckIn: recordTime }));
  const [a, b, c] = devices as [(typeof devices)[0], (typeof devices)[0], (typeof devices)[0]];
  await stores.transact(() => stores.devices.save(devices));
  const calls = recentCalls(stores);
  calls.note(b.id, recordTime + 1);
  calls.note(a.id, recordTime + 2);
  calls.note(b.id, recordTime + 3);
  calls.note(c.id, recordTime - 5);
  const times = async () => {
    const found = new Map((await stores.devices.getMany(devices.map(({ id }) => id))).map((one) => [one.id, one]));
    return devices.map(({ id }) => (found.get(id)?.lastCheckIn ?? 0) - recordTime);
  };
  assert.deepEqual(await times(), [0, 0, 0]);
  await calls.write();
  assert.deepEqual(await times(), [2, 3, 0]);
});

storeTest('what could not be written, and what was noted meanwhile, is written the next time', async (stores) => {
  const [a, b] = [aDevice(), aDevice()];
  await stores.transact(() => stores.devices.save([a, b]));
  let fails = true;
  const calls = recentCalls({
    ...stores,
    transact: async (work) => {
      if (fails) {
        calls.note(b.id, recordTime + 2);
        throw new Error('away');
      }
      return stores.transact(work);
    },
  });
  calls.note(a.id, recordTime + 1);
  calls.note(b.id, recordTime + 1);
  await assert.rejects(calls.write(), /away/);
  fails = false;
  await calls.write();
  assert.equal((await stores.devices.get(a.id))?.lastCheckIn, recordTime + 1);
  assert.equal((await stores.devices.get(b.id))?.lastCheckIn, recordTime + 2);
  fails = true;
  await calls.write();
});
