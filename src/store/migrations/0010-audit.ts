import type { Migration } from './migration.ts';

/**
 * Seals over the events (docs/decisions/0020), erasures under way, and the index by which the audit log finds what people
 * did: what devices and the server itself did is not in it, so that an issuance pays nothing for it. `mark` is null for
 * events that were written before there were any.
 */
export const audit: Migration = {
  number: 10,
  name: 'audit',
  oldestApplication: 1,
  sql: `
ALTER TABLE event ADD COLUMN mark TEXT;
CREATE INDEX event_by_people ON event (id) WHERE substr(actor, 1, 15) IN ('{"kind":"token"', '{"kind":"operat');

CREATE TABLE audit_block (
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  previous TEXT NOT NULL,
  mac TEXT NOT NULL,
  sealed_at INTEGER NOT NULL,
  node TEXT NOT NULL,
  count INTEGER NOT NULL,
  first_id TEXT,
  last_id TEXT,
  digest TEXT NOT NULL,
  detail TEXT NOT NULL,
  entries TEXT NOT NULL,
  seed TEXT,
  salts TEXT
) STRICT;
CREATE INDEX audit_block_last ON audit_block (last_id, first_id) WHERE last_id IS NOT NULL;
CREATE INDEX audit_block_kind ON audit_block (kind, number) WHERE kind <> 'seal';

CREATE TABLE erasure (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  pseudonym TEXT NOT NULL,
  traces TEXT,
  progress TEXT NOT NULL,
  cause TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX erasure_open ON erasure (id) WHERE ended_at IS NULL;
`,
};
