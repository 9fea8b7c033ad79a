import { some } from './counting.ts';

export const profileEdit = {
  title: (name: string) => `Edit ${name}`,
  edit: (part: string) => `Edit ${part}`,
  review: 'Review',
  goneTitle: 'This profile was deleted meanwhile.',
  gone: 'What you typed is still here.',
  saveAsNew: 'Make a new profile of it',
  confirmTitle: (name: string) => `Save ${name}?`,
  confirmEffect: (n: number) =>
    `${some(n, 'device loses it or gets', 'devices lose it or get')} a new certificate, as the review says.`,
  exportYaml: 'Export YAML',
  duplicate: 'Duplicate',
  duplicateExplain: 'Makes another profile with the same settings. It is assigned to nobody.',
  copyOf: (name: string) => `Copy of ${name}`,
};
