import type { Migration } from './migration.ts';

/**
 * What reports read. The certificate index (docs/decisions/0025) is made of segments of `certificate_search`, after the
 * fact: a posting's position is 512 x segment + bucket, a text's 64 x segment + part. Ends of validity come in an order
 * that is nearly that of issuing, and hardly any certificate is revoked: these two indexes cost an issuance next to nothing.
 * `activity` counts events by day (of UTC) and quarter of an hour, up to the event that its follower has come to.
 */
export const reports: Migration = {
  number: 7,
  name: 'reports',
  oldestApplication: 3,
  sql: `
CREATE TABLE certificate_segment (
  number INTEGER PRIMARY KEY,
  after_id TEXT NOT NULL,
  last_id TEXT NOT NULL,
  certificates INTEGER NOT NULL,
  earliest_end INTEGER NOT NULL,
  latest_end INTEGER NOT NULL,
  made_at INTEGER NOT NULL
) STRICT;
CREATE TABLE certificate_posting (
  position INTEGER PRIMARY KEY,
  content BLOB NOT NULL
) STRICT;
CREATE TABLE certificate_text (
  position INTEGER PRIMARY KEY,
  content TEXT NOT NULL
) STRICT;

CREATE INDEX certificate_end ON certificate (not_after, id);
CREATE INDEX certificate_revocation ON certificate (revoked_at, id) WHERE revoked_at IS NOT NULL;

CREATE INDEX directory_user_names ON directory_user (user_principal_name_folded, display_name_folded, id);

CREATE TABLE activity (
  day INTEGER NOT NULL,
  kind TEXT NOT NULL,
  profile_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  platform TEXT NOT NULL,
  total INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  quarters TEXT NOT NULL,
  PRIMARY KEY (day, kind, profile_id, reason, platform)
) STRICT, WITHOUT ROWID;
CREATE TABLE follower (
  name TEXT PRIMARY KEY,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
