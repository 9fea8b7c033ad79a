import type { Migration } from './migration.ts';

/** A group of an identity provider counts for that provider alone: those that were given without one mean none. */
export const secondApproval: Migration = {
  number: 18,
  name: 'second-approval',
  oldestApplication: 12,
  sql: `
UPDATE role_assignment
  SET members = replace(members, '{"kind":"oidcGroup","value"', '{"kind":"oidcGroup","providerId":"","value"');
`,
};
