import { count, some } from './counting.ts';

export const assignments = {
  title: 'Assignments',
  nobody: 'Nobody yet.',
  modes: { include: 'Included:', exclude: 'Excluded:' },
  filtered: {
    include: (filter: string) => `(only devices that match ${filter})`,
    exclude: (filter: string) => `(without devices that match ${filter})`,
  },
  everybody: { allUsers: 'All users', allDevices: 'All devices' },
  kinds: { everybody: 'Everybody', group: 'Groups', user: 'Users', device: 'Devices' },
  kind: { group: 'Group', user: 'User', device: 'Device' },
  parts: { include: 'Included', exclude: 'Excluded' },
  add: { include: 'Include', exclude: 'Exclude' },
  none: { include: 'Nobody gets it yet.', exclude: 'Nobody is left out.' },
  pickPlaceholder: 'Search groups, users, devices',
  pickHint: 'All users, all devices, or a name.',
  reaches: (n: number) => some(n, 'device', 'devices'),
  takeAway: (name: string) => `Take ${name} away`,
  filter: 'Filter',
  filterMode: 'Which of these devices',
  filterModes: { none: 'All of them', include: 'Only those that match', exclude: 'Without those that match' },
  impact: {
    title: 'What it does to devices',
    nothing: 'It changes nothing on any device.',
    effects: {
      gain: (n: number) => `${some(n, 'device gets', 'devices get')} it`,
      keep: (n: number) => `${some(n, 'device keeps', 'devices keep')} it as it is`,
      redeliver: (n: number) => `${some(n, 'device is told', 'devices are told')} anew; certificates stay`,
      reissue: (n: number) => `${some(n, 'device gets', 'devices get')} a new certificate`,
      remove: (n: number) => `${some(n, 'device loses', 'devices lose')} it`,
      revoke: (n: number) => `${some(n, 'device loses', 'devices lose')} it, and the certificate is revoked`,
      blocked: (n: number) => `${some(n, 'device', 'devices')} should have it and cannot`,
    },
    certificates: (n: number) => `${some(n, 'has', 'have')} a certificate now`,
    others: (n: number) => `and ${count.format(n)} more`,
    restsOnIt: (name: string) => `${name}, which rests on it`,
    variable: (variable: string, n: number) => `{{${variable}}} has no value on ${some(n, 'device', 'devices')}`,
    waits:
      'So many devices lose something at once that it waits under “Removals that wait” until somebody confirms it.',
    findings: 'What the rules say',
  },
};
