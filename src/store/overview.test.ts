import assert from 'node:assert/strict';
import { aDeployment, aDevice, anId, recordTime } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { ProfileId } from '../profiles/profile-id.ts';

storeTest('counts what is there, by what it is', async (stores) => {
  const profileId = anId<ProfileId>();
  const deployments = [
    aDeployment({ profileId, state: 'installed' }),
    aDeployment({ profileId, state: 'installed' }),
    aDeployment({ profileId, state: 'deleted', wanted: false }),
  ] as const;
  await stores.transact(async () => {
    await stores.deployments.save(deployments);
    await stores.devices.save([
      aDevice({ platform: 'linux' }),
      aDevice({ platform: 'linux' }),
      aDevice({ platform: 'ios' }),
      aDevice({ platform: 'ios', retiredAt: recordTime }),
    ]);
  });
  assert.deepEqual(await stores.overview.deployments(), [
    { profileId, state: 'deleted', wanted: false, count: 1 },
    { profileId, state: 'installed', wanted: true, count: 2 },
  ]);
  assert.deepEqual(await stores.overview.devices(), [
    { platform: 'ios', count: 1 },
    { platform: 'linux', count: 2 },
  ]);
});
