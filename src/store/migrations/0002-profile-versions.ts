import type { Migration } from './migration.ts';

/**
 * Versions and history of profiles, and the version that deployments were last told of. What is stored now becomes the first
 * version that is kept, by whoever saved it; what it changed is not known. Its entry has the profile's id: older than any.
 */
export const profileVersions: Migration = {
  number: 2,
  name: 'profile-versions',
  oldestApplication: 1,
  sql: `
ALTER TABLE profile ADD COLUMN delivery_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE deployment ADD COLUMN delivery_version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE profile_version (
  id TEXT NOT NULL,
  slug TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  scope_tags TEXT NOT NULL,
  version INTEGER NOT NULL,
  content_version INTEGER NOT NULL,
  delivery_version INTEGER NOT NULL,
  settings TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (id, version)
) STRICT;

CREATE TABLE profile_history (
  id TEXT PRIMARY KEY,
  profile_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  restored_from INTEGER,
  at INTEGER NOT NULL,
  cause TEXT NOT NULL,
  changes TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX profile_history_profile ON profile_history (profile_id, id);

INSERT INTO profile_version (id, slug, kind, name, description, scope_tags, version, content_version, delivery_version,
  settings, created_at, updated_at)
SELECT id, slug, kind, name, description, scope_tags, version, content_version, delivery_version, settings, created_at,
  updated_at FROM profile;

INSERT INTO profile_history (id, profile_id, kind, version, restored_from, at, cause, changes)
SELECT id, id, 'saved', version, NULL, updated_at, COALESCE(
  (SELECT '{"actor":' || actor || ',"requestId":' || COALESCE('"' || request_id || '"', 'null') || '}'
    FROM event_subject JOIN event ON event.id = event_id
    WHERE subject_id = profile.id AND subject_kind = 'profile' AND type = 'profile.saved'
    ORDER BY event_id DESC LIMIT 1),
  '{"actor":{"kind":"system","id":null,"name":"scepward"},"requestId":null}'), NULL
FROM profile;
`,
};
