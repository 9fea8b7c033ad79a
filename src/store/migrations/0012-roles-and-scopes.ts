import type { Migration } from './migration.ts';

/**
 * Roles of one's own, who has which role where, and where an API token counts. The audit log's index of what people did
 * learns of administrators. An application that knows no scopes would give a token that is limited everything: it must not work with
 * this schema.
 */
export const rolesAndScopes: Migration = {
  number: 12,
  name: 'roles-and-scopes',
  oldestApplication: 12,
  sql: `
CREATE TABLE role (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  permissions TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  name_folded TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX role_name ON role (name_folded);

CREATE TABLE role_assignment (
  id TEXT PRIMARY KEY,
  role_id TEXT NOT NULL,
  members TEXT NOT NULL,
  scope TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

ALTER TABLE api_token ADD COLUMN scope TEXT NOT NULL DEFAULT '{"scopeTags":"all","scopeGroups":"all"}';

DROP INDEX event_by_people;
CREATE INDEX event_by_people ON event (id)
  WHERE substr(actor, 1, 15) IN ('{"kind":"token"', '{"kind":"operat', '{"kind":"admini');
`,
};
