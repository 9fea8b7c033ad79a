import type { RuleOf } from './rule.ts';

/** What every kind of profile needs (seed, step 5). */
export const headerRules: readonly RuleOf<{ readonly name: string }>[] = [
  {
    code: 'V1',
    severity: 'error',
    title: 'A profile has a name',
    path: 'name',
    fix: 'Give it one by which people will know it.',
    source: 'seed, step 5',
    check: ({ name }) => (name === '' ? [{ detail: 'The profile has no name.' }] : []),
  },
];
