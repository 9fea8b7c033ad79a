import type { Device } from '../../directory/device.ts';
import type { DeviceStore } from '../../directory/device-store.ts';
import type { Group } from '../../directory/group.ts';
import type { GroupStore } from '../../directory/group-store.ts';
import type { User } from '../../directory/user.ts';
import type { UserStore } from '../../directory/user-store.ts';
import { findNamed } from './find-named.ts';

export type DirectoryNames = {
  readonly users: Pick<UserStore, 'get' | 'findByPrincipalName'>;
  readonly groups: Pick<GroupStore, 'get' | 'findByName'>;
  readonly devices: Pick<DeviceStore, 'get' | 'findByName'>;
};

/** By id or user principal name. */
export function findUser({ users }: Pick<DirectoryNames, 'users'>, idOrName: string): Promise<User> {
  return findNamed<User>(
    {
      noun: 'user',
      get: (id) => users.get(id),
      findByName: async (name) => {
        const user = await users.findByPrincipalName(name);
        return user === null ? [] : [user];
      },
      describe: ({ id, userPrincipalName, displayName }) => ({
        id,
        name: userPrincipalName,
        detail: displayName ?? '',
      }),
    },
    idOrName,
  );
}

export function findGroup({ groups }: Pick<DirectoryNames, 'groups'>, idOrName: string): Promise<Group> {
  return findNamed<Group>(
    {
      noun: 'group',
      get: (id) => groups.get(id),
      findByName: (name) => groups.findByName(name),
      describe: ({ id, name, kind }) => ({ id, name, detail: `${kind} group` }),
    },
    idOrName,
  );
}

export function findDevice({ devices }: Pick<DirectoryNames, 'devices'>, idOrName: string): Promise<Device> {
  return findNamed<Device>(
    {
      noun: 'device',
      get: (id) => devices.get(id),
      findByName: (name) => devices.findByName(name),
      describe: ({ id, deviceName, platform, serialNumber }) => ({
        id,
        name: deviceName,
        detail: serialNumber === null ? platform : `${platform}, serial number ${serialNumber}`,
      }),
    },
    idOrName,
  );
}
