import type { Migration } from './migration.ts';

/**
 * An application that knows no filters would give profiles to whom they leave out: it must not work with this schema.
 * The first scope tag is the one that counts for what has none; its id is that of the seed's world.
 */
export const filtersAndScopeTags: Migration = {
  number: 3,
  name: 'filters-and-scope-tags',
  oldestApplication: 3,
  sql: `
CREATE TABLE assignment_filter (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  platform TEXT NOT NULL,
  rule TEXT NOT NULL,
  scope_tags TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  name_folded TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX assignment_filter_name ON assignment_filter (name_folded);

ALTER TABLE assignment ADD COLUMN filter TEXT;

CREATE TABLE scope_tag (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  group_ids TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  name_folded TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX scope_tag_name ON scope_tag (name_folded);
INSERT INTO scope_tag (id, name, description, group_ids, version, created_at, updated_at, name_folded)
VALUES ('0', 'Default', 'Counts for whatever has no other scope tag', '[]', 1, 0, 0, 'default');

CREATE TABLE device_scope_tag (
  device_id TEXT NOT NULL,
  tag_id TEXT NOT NULL,
  PRIMARY KEY (device_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_scope_tag_tag ON device_scope_tag (tag_id, device_id);
`,
};
