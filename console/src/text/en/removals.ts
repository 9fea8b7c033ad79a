import { count, some } from './counting.ts';

export const removals = {
  title: 'Removals that wait',
  description:
    'When very many devices would lose something at once, it waits here until somebody says that it is meant.',
  one: 'Mass removal',
  cause: 'What happened',
  profile: 'Profile',
  devices: 'Waiting',
  opened: 'Since',
  decided: 'Decided',
  by: 'By',
  job: 'Carried out by',
  occasions: {
    unenrolled: 'Unenrolled',
    retired: 'Retired',
    wiped: 'Wiped',
    deviceDeleted: 'Devices deleted',
    userDeleted: 'Users deleted',
    userChanged: 'Primary users changed',
    leftGroup: 'Left a group',
    unassigned: 'Assignment taken away',
    notApplicable: 'Applicable no more',
    profileDeleted: 'Profile deleted',
    profileChanged: 'Profile changed',
  },
  states: { waiting: 'Waits', confirmed: 'Confirmed', rejected: 'Rejected', undone: 'Undone' },
  confirm: 'Remove and revoke',
  reject: 'Keep everything',
  confirmTitle: (n: number) => `Remove from ${some(n, 'device', 'devices')}?`,
  confirmEffect: 'What the removal rule says is carried out, as a job. Revoked certificates stay revoked.',
  rejectTitle: 'Keep everything?',
  rejectEffect: 'The devices keep what they have, as things stand now.',
  first: (n: number, all: number) =>
    n < all ? `The first ${count.format(n)} of ${count.format(all)}:` : 'Of these devices:',
  empty: 'Nothing waits',
  emptyHint: 'Removals of a few are carried out by themselves.',
};
