import type { Migration } from './migration.ts';

/**
 * Ids are UUIDv7 text, times milliseconds, booleans 0 or 1; `*_folded` is for look-ups without regard to case. No foreign
 * keys: certificates, events and deployments outlive what they name. An index on a random key costs a page per
 * certificate, so searches read `certificate_search` instead: narrow, and in the order of issuing.
 */
export const firstTables: Migration = {
  number: 1,
  name: 'first-tables',
  oldestApplication: 1,
  sql: `
CREATE TABLE directory_user (
  id TEXT PRIMARY KEY,
  user_principal_name TEXT NOT NULL,
  user_name TEXT,
  display_name TEXT,
  given_name TEXT,
  surname TEXT,
  email_address TEXT,
  department TEXT,
  on_premises_sam_account_name TEXT,
  on_premises_distinguished_name TEXT,
  on_premises_user_principal_name TEXT,
  on_premises_security_identifier TEXT,
  entra_object_id TEXT,
  sources TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  user_principal_name_folded TEXT NOT NULL,
  display_name_folded TEXT
) STRICT;
CREATE UNIQUE INDEX directory_user_principal_name ON directory_user (user_principal_name_folded);
CREATE INDEX directory_user_display_name ON directory_user (display_name_folded);

CREATE TABLE device (
  id TEXT PRIMARY KEY,
  device_name TEXT NOT NULL,
  platform TEXT NOT NULL,
  management TEXT,
  ownership TEXT NOT NULL,
  os_version TEXT,
  os_edition TEXT,
  serial_number TEXT,
  imei TEXT,
  meid TEXT,
  wifi_mac_address TEXT,
  entra_device_id TEXT,
  managed_device_id TEXT,
  fully_qualified_domain_name TEXT,
  trust_type TEXT,
  on_premises_security_identifier TEXT,
  manufacturer TEXT,
  model TEXT,
  device_category TEXT,
  cpu_architecture TEXT,
  is_rooted INTEGER,
  enrollment_profile_name TEXT,
  co_management_workload TEXT,
  primary_user_id TEXT,
  sources TEXT NOT NULL,
  reported TEXT NOT NULL,
  enrolled_at INTEGER,
  registered_at INTEGER,
  last_check_in INTEGER,
  retired_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  device_name_folded TEXT NOT NULL,
  serial_number_folded TEXT
) STRICT;
CREATE INDEX device_name ON device (device_name_folded, id);
CREATE INDEX device_primary_user ON device (primary_user_id) WHERE primary_user_id IS NOT NULL;

CREATE TABLE directory_group (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  name_folded TEXT NOT NULL
) STRICT;
CREATE INDEX directory_group_name ON directory_group (name_folded, id);

CREATE TABLE group_member (
  group_id TEXT NOT NULL,
  member_kind TEXT NOT NULL,
  member_id TEXT NOT NULL,
  PRIMARY KEY (group_id, member_kind, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_member_member ON group_member (member_id, member_kind, group_id);

CREATE TABLE dirty_device (
  mark INTEGER PRIMARY KEY AUTOINCREMENT,
  device_id TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE profile (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  scope_tags TEXT NOT NULL,
  version INTEGER NOT NULL,
  content_version INTEGER NOT NULL,
  settings TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  name_folded TEXT NOT NULL,
  platform TEXT NOT NULL
) STRICT;
CREATE INDEX profile_name ON profile (name_folded, id);

CREATE TABLE assignment (
  id TEXT PRIMARY KEY,
  profile_id TEXT NOT NULL,
  mode TEXT NOT NULL,
  target TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;
CREATE INDEX assignment_profile ON assignment (profile_id, position);

CREATE TABLE deployment (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  profile_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  user_id TEXT,
  consumer_id TEXT,
  delivery_ref TEXT NOT NULL UNIQUE,
  wanted INTEGER NOT NULL,
  state TEXT NOT NULL,
  problem TEXT,
  expectation TEXT,
  revision INTEGER NOT NULL,
  content_version INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  issued_generation INTEGER NOT NULL,
  current_certificate_id TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX deployment_of ON deployment
  (device_id, profile_id, COALESCE(user_id, ''), COALESCE(consumer_id, ''));
CREATE INDEX deployment_profile ON deployment (profile_id, id);

CREATE TABLE challenge (
  id TEXT PRIMARY KEY,
  deployment_id TEXT NOT NULL,
  profile_id TEXT NOT NULL,
  generation INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  cancel_reason TEXT,
  bound_key TEXT,
  certificate_id TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX challenge_deployment ON challenge (deployment_id, id);

CREATE TABLE authority (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  pki_url TEXT NOT NULL,
  templates TEXT NOT NULL,
  active_issuer_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE issuer (
  id TEXT PRIMARY KEY,
  authority_id TEXT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  certificate BLOB NOT NULL,
  chain TEXT NOT NULL,
  key_id TEXT NOT NULL,
  registration_authorities TEXT NOT NULL,
  shards INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE stored_key (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  public_key BLOB NOT NULL,
  sealed BLOB,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE certificate (
  id TEXT PRIMARY KEY,
  issuer_id TEXT NOT NULL,
  serial TEXT NOT NULL,
  der BLOB NOT NULL,
  purpose TEXT NOT NULL,
  subject_text TEXT NOT NULL,
  subject_alternative_names TEXT NOT NULL,
  not_before INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  thumbprint TEXT NOT NULL,
  thumbprint256 TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  shard INTEGER NOT NULL,
  state TEXT NOT NULL,
  deployment_id TEXT,
  generation INTEGER,
  renews_id TEXT,
  issued_at INTEGER NOT NULL,
  installed_at INTEGER,
  revoked_at INTEGER,
  revocation_reason TEXT,
  device_id TEXT,
  profile_id TEXT,
  user_id TEXT
) STRICT;
CREATE UNIQUE INDEX certificate_serial ON certificate (serial, issuer_id);
CREATE UNIQUE INDEX certificate_generation ON certificate (deployment_id, generation) WHERE deployment_id IS NOT NULL;
CREATE UNIQUE INDEX certificate_renewal ON certificate (renews_id) WHERE renews_id IS NOT NULL;
CREATE INDEX certificate_revoked ON certificate (issuer_id, shard, revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE certificate_search (
  certificate_id TEXT PRIMARY KEY,
  profile_id TEXT,
  thumbprint TEXT NOT NULL,
  thumbprint256 TEXT NOT NULL,
  search_folded TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE crl (
  issuer_id TEXT NOT NULL,
  shard INTEGER NOT NULL,
  number INTEGER NOT NULL,
  der BLOB NOT NULL,
  this_update INTEGER NOT NULL,
  next_update INTEGER NOT NULL,
  PRIMARY KEY (issuer_id, shard)
) STRICT;

CREATE TABLE pending_request (
  id TEXT PRIMARY KEY,
  deployment_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  transaction_id TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  certification_request BLOB NOT NULL,
  proof TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  decided_at INTEGER,
  decided_by TEXT
) STRICT;
CREATE INDEX pending_request_transaction ON pending_request (transaction_id);
CREATE INDEX pending_request_deployment ON pending_request (deployment_id, revision);
CREATE INDEX pending_request_waiting ON pending_request (id) WHERE state = 'waiting';

CREATE TABLE event (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  node TEXT NOT NULL,
  type TEXT NOT NULL,
  actor TEXT NOT NULL,
  request_id TEXT,
  subjects TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX event_type ON event (type, id);

CREATE TABLE event_subject (
  subject_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  PRIMARY KEY (subject_id, event_id, subject_kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE scep_transaction (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  node TEXT NOT NULL,
  request_id TEXT NOT NULL,
  client_address TEXT NOT NULL,
  operation TEXT NOT NULL,
  message_type INTEGER,
  transaction_id TEXT,
  profile_id TEXT,
  deployment_id TEXT,
  certificate_id TEXT,
  outcome TEXT NOT NULL,
  reason TEXT,
  algorithms TEXT NOT NULL,
  detail TEXT NOT NULL,
  timings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX scep_transaction_deployment ON scep_transaction (deployment_id, id) WHERE deployment_id IS NOT NULL;

CREATE TABLE api_token (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  permissions TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE TABLE device_credential (
  id TEXT PRIMARY KEY,
  device_id TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  superseded_by TEXT,
  first_used_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX device_credential_device ON device_credential (device_id);

CREATE TABLE join_token (
  id TEXT PRIMARY KEY,
  secret_hash TEXT NOT NULL UNIQUE,
  device_id TEXT,
  user_id TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;

CREATE TABLE idempotent_response (
  token_id TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (token_id, idempotency_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotent_response_expiry ON idempotent_response (expires_at);

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
