import type { Migration } from './migration.ts';

/**
 * Changes that wait for another administrator; who made an API token, because nobody approves what a token of theirs asked for. A
 * group of an identity provider counts for that provider alone: those that were given without one mean none.
 */
export const secondApproval: Migration = {
  number: 18,
  name: 'second-approval',
  oldestApplication: 12,
  sql: `
CREATE TABLE held_change (
  id TEXT PRIMARY KEY,
  operation TEXT NOT NULL,
  asker TEXT NOT NULL,
  request TEXT NOT NULL,
  deployments INTEGER,
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT,
  decided_at INTEGER,
  outcome TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

ALTER TABLE api_token ADD COLUMN made_by TEXT;

UPDATE role_assignment
  SET members = replace(members, '{"kind":"oidcGroup","value"', '{"kind":"oidcGroup","providerId":"","value"');
`,
};
