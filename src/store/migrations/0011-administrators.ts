import type { Migration } from './migration.ts';

/** Administrators, how they prove who they are, and their sessions. The audit log's index finds what they do as well. */
export const administrators: Migration = {
  number: 11,
  name: 'administrators',
  oldestApplication: 1,
  sql: `
CREATE TABLE administrator (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  sign_in_name TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  last_sign_in_at INTEGER,
  sign_in_key TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX administrator_sign_in ON administrator (sign_in_key);

CREATE TABLE administrator_lock (
  name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO administrator_lock (name) VALUES ('all');

CREATE TABLE administrator_password (
  administrator_id TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_code (
  id TEXT PRIMARY KEY,
  administrator_id TEXT,
  secret_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT;
CREATE UNIQUE INDEX sign_in_code_secret ON sign_in_code (secret_hash);

CREATE TABLE admin_session (
  id TEXT PRIMARY KEY,
  administrator_id TEXT NOT NULL,
  method TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  secret_since INTEGER NOT NULL,
  next_hash TEXT,
  previous_hash TEXT,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  idle INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  provider_id TEXT,
  groups TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX admin_session_secret ON admin_session (secret_hash);
CREATE UNIQUE INDEX admin_session_next ON admin_session (next_hash) WHERE next_hash IS NOT NULL;
CREATE UNIQUE INDEX admin_session_previous ON admin_session (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX admin_session_of ON admin_session (administrator_id, id);

CREATE TABLE sign_in_record (
  key TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  last_failure_at INTEGER,
  last_success_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE used_challenge (
  hash TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE passkey (
  id TEXT PRIMARY KEY,
  administrator_id TEXT NOT NULL,
  name TEXT NOT NULL,
  credential_id TEXT NOT NULL,
  public_key BLOB NOT NULL,
  algorithm INTEGER NOT NULL,
  sign_count INTEGER NOT NULL,
  transports TEXT NOT NULL,
  backed_up INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;
CREATE UNIQUE INDEX passkey_credential ON passkey (credential_id);
CREATE INDEX passkey_of ON passkey (administrator_id, id);

CREATE TABLE identity_provider (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  issuer TEXT NOT NULL,
  client_id TEXT NOT NULL,
  client_secret TEXT,
  scopes TEXT NOT NULL,
  groups_claim TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  name_folded TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX identity_provider_name ON identity_provider (name_folded);

CREATE TABLE administrator_identity (
  provider_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  administrator_id TEXT NOT NULL,
  PRIMARY KEY (provider_id, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX administrator_identity_of ON administrator_identity (administrator_id);

DROP INDEX event_by_people;
CREATE INDEX event_by_people ON event (id)
  WHERE substr(actor, 1, 15) IN ('{"kind":"token"', '{"kind":"operat', '{"kind":"admini');
`,
};
