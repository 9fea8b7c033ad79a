import type { Migration } from './migration.ts';

/**
 * A mass removal takes in what comes soon after it, no more: several may wait for one profile and occasion. And how a
 * device was retired, and over how long a profile's renewals are spread.
 */
export const removalCasesInTime: Migration = {
  number: 14,
  name: 'removal-cases-in-time',
  oldestApplication: 6,
  sql: `
ALTER TABLE removal_case ADD COLUMN joined_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE removal_case ADD COLUMN reminded_at INTEGER;
UPDATE removal_case SET joined_at = opened_at;
DROP INDEX removal_case_waiting;
ALTER TABLE device ADD COLUMN retired_by TEXT;
CREATE INDEX removal_case_waiting ON removal_case (id) WHERE state = 'waiting';
UPDATE profile SET settings = REPLACE(settings, '"renewal":{', '"renewal":{"spread":25,');
UPDATE profile_version SET settings = REPLACE(settings, '"renewal":{', '"renewal":{"spread":25,');
`,
};
