import { count } from './counting.ts';

export const groups = {
  title: 'Groups',
  description: 'Groups of users or of devices; profiles are assigned to them.',
  one: 'Group',
  search: 'Name of a group',
  empty: 'There is no group yet',
  emptyHint: 'Add one, or import your directory.',
  add: 'Add group',
  kind: 'Holds',
  kinds: { user: 'Users', device: 'Devices' },
  id: 'Group id',
  members: 'Members',
  memberKind: 'Member',
  memberKinds: { user: 'User', device: 'Device', group: 'Group' },
  memberName: 'Name or id',
  noMembers: 'Nobody is in it yet.',
  takeOut: 'Take out',
  changed: (n: number) => (n === 1 ? '1 member changed' : `${count.format(n)} members changed`),
};
