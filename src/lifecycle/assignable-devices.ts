import type { AssignableDevice } from '../assignments/reach.ts';
import { devicesOfMembers } from '../directory/devices-of-members.ts';
import type { Member } from '../directory/group.ts';
import type { Platform } from '../directory/platform.ts';
import type { DeviceWalk } from './device-walk.ts';

const batchSize = 500;

export type AssignableDevicesDeps = {
  readonly deviceWalk: Pick<DeviceWalk, 'assignable' | 'assignableOfPlatform'>;
  readonly members: Parameters<typeof devicesOfMembers>[0];
};

/** The devices of a platform that these reach, each once, in batches and in order of id: all of them that are not retired for everybody. */
export async function* assignableDevices(
  { deviceWalk, members }: AssignableDevicesDeps,
  platform: Platform,
  named: readonly Member[] | 'everybody',
): AsyncGenerator<readonly AssignableDevice[]> {
  if (named !== 'everybody') {
    const deviceIds = (await devicesOfMembers(members, named, platform)).toSorted();
    for (let at = 0; at < deviceIds.length; at += batchSize)
      yield await deviceWalk.assignable(deviceIds.slice(at, at + batchSize));
    return;
  }
  let after: AssignableDevice['id'] | null = null;
  do {
    const page: readonly AssignableDevice[] = await deviceWalk.assignableOfPlatform(platform, after, batchSize);
    after = page.length < batchSize ? null : (page.at(-1)?.id ?? null);
    yield page;
  } while (after !== null);
}
