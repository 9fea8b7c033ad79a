import { count, some } from './counting.ts';

export const filters = {
  title: 'Filters',
  description:
    'Rules about devices of one platform; assignments use them to take in or leave out some of those whom they reach.',
  one: 'Filter',
  search: 'Name of a filter',
  empty: 'There is no filter yet',
  emptyHint: 'A filter narrows an assignment: only corporate iPhones, all but one model.',
  add: 'Add filter',
  rule: 'Rule',
  ruleHint: 'Such as (device.model -startsWith "Pixel") and (device.deviceOwnership -eq "Corporate")',
  platformHint: 'It never changes afterwards.',
  findings: 'What is wrong with the rule',
  at: (n: number) => `At character ${count.format(n)}:`,
  insert: 'Insert a property',
  cannotMatch: 'The rule cannot be used yet.',
  matches: (n: number, all: number) =>
    `Matches ${count.format(n)} of ${some(all, 'device', 'devices')} of the platform`,
  usedBy: 'Used by',
  unused: 'No assignment.',
  impactOn: (profile: string) => `${profile}:`,
  deleteExplain: 'A filter that assignments use cannot be deleted: take it off them first.',
};
