import { nextTask } from '../../lib/next-task.ts';
import type { Page, PageRequest } from '../../lib/page.ts';
import type { DeviceId } from '../device.ts';
import { identityKeys } from '../device-identity.ts';
import type { DeviceStore } from '../device-store.ts';
import type { Group } from '../group.ts';
import type { GroupStore } from '../group-store.ts';
import type { Platform } from '../platform.ts';
import type { UserId } from '../user.ts';
import type { UserStore } from '../user-store.ts';

export type IndexedUser = { readonly id: UserId; readonly fromCsv: boolean };

export type IndexedDevice = {
  readonly id: DeviceId;
  readonly name: string;
  readonly platform: Platform;
  readonly keys: readonly (string | null)[];
  readonly fromCsv: boolean;
  readonly retired: boolean;
};

/** What an import must know of the whole directory: names and identities, not the facts. */
export type DirectoryIndex = {
  /** By userPrincipalName in lower case. */
  readonly users: ReadonlyMap<string, IndexedUser>;
  /** By name in lower case. */
  readonly groups: ReadonlyMap<string, readonly Group[]>;
  readonly devices: readonly IndexedDevice[];
  readonly devicesOfUser: ReadonlyMap<UserId, readonly DeviceId[]>;
};

export async function loadDirectoryIndex(deps: {
  readonly users: Pick<UserStore, 'list'>;
  readonly groups: Pick<GroupStore, 'list'>;
  readonly devices: Pick<DeviceStore, 'list'>;
}): Promise<DirectoryIndex> {
  const users = new Map<string, IndexedUser>();
  for await (const { id, userPrincipalName, sources } of every((page) => deps.users.list({ search: null }, page))) {
    users.set(userPrincipalName.toLowerCase(), { id, fromCsv: sources.userPrincipalName === 'csv' });
  }
  const groups = new Map<string, Group[]>();
  for await (const group of every((page) => deps.groups.list({ search: null }, page))) {
    pushTo(groups, group.name.toLowerCase(), group);
  }
  const devices: IndexedDevice[] = [];
  const devicesOfUser = new Map<UserId, DeviceId[]>();
  const anyDevice = { search: null, platform: null, primaryUserId: null };
  for await (const device of every((page) => deps.devices.list(anyDevice, page))) {
    devices.push({
      id: device.id,
      name: device.deviceName,
      platform: device.platform,
      keys: identityKeys(device),
      fromCsv: device.sources.deviceName === 'csv',
      retired: device.retiredAt !== null,
    });
    if (device.primaryUserId !== null) pushTo(devicesOfUser, device.primaryUserId, device.id);
  }
  return { users, groups, devices, devicesOfUser };
}

async function* every<T>(list: (page: PageRequest) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list({ limit: 500, cursor });
    yield* page.items;
    await nextTask();
    cursor = page.next;
  } while (cursor !== null);
}

/** Appends to the list of a key. */
export function pushTo<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
