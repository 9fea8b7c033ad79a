import type { Migration } from './migration.ts';

/**
 * Jobs; what is taken back, and what of that is still to be decided or revoked. An application that knows no held removals
 * would take from devices what an administrator has not confirmed: it must not work with this schema.
 */
export const jobsAndRemovals: Migration = {
  number: 6,
  name: 'jobs-and-removals',
  oldestApplication: 6,
  sql: `
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  input TEXT NOT NULL,
  state TEXT NOT NULL,
  total INTEGER NOT NULL,
  done INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cursor TEXT,
  rate INTEGER,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
CREATE INDEX job_running ON job (id) WHERE state = 'running';

CREATE TABLE job_failure (
  id TEXT PRIMARY KEY,
  job_id TEXT NOT NULL,
  item TEXT NOT NULL,
  name TEXT NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX job_failure_job ON job_failure (job_id, id);

ALTER TABLE deployment ADD COLUMN removal TEXT;

CREATE TABLE removal (
  id TEXT PRIMARY KEY,
  device_id TEXT NOT NULL,
  profile_id TEXT NOT NULL,
  occasion TEXT NOT NULL,
  state TEXT NOT NULL,
  case_id TEXT,
  rule TEXT NOT NULL,
  at INTEGER NOT NULL,
  counts INTEGER NOT NULL,
  revoke_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX removal_recent ON removal (at) WHERE counts = 1;
CREATE INDEX removal_undecided ON removal (id) WHERE state = 'undecided';
CREATE INDEX removal_case_items ON removal (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX removal_device ON removal (device_id);
CREATE INDEX removal_revoke ON removal (revoke_at, id) WHERE revoke_at IS NOT NULL;

CREATE TABLE removal_case (
  id TEXT PRIMARY KEY,
  profile_id TEXT NOT NULL,
  occasion TEXT NOT NULL,
  state TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  decided_at INTEGER,
  decided_by TEXT,
  job_id TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX removal_case_waiting ON removal_case (profile_id, occasion) WHERE state = 'waiting';

UPDATE profile SET settings = REPLACE(settings, '"caCertificates":', '"removal":{},"caCertificates":');
UPDATE profile_version SET settings = REPLACE(settings, '"caCertificates":', '"removal":{},"caCertificates":');
`,
};
