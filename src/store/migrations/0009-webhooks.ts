import type { Migration } from './migration.ts';

/**
 * Subscriptions, what is to be sent to them, and how far the events have been handed out. On PostgreSQL an event gets the
 * number of its transaction, without a statement more (docs/decisions/0024); those that are there get this one's.
 */
export const webhooks: Migration = {
  number: 9,
  name: 'webhooks',
  oldestApplication: 1,
  sql: `
CREATE TABLE webhook (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  event_types TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  since INTEGER NOT NULL,
  secrets TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  name_folded TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX webhook_name ON webhook (name_folded);

CREATE TABLE webhook_condition (
  webhook_id TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  failing_since INTEGER,
  paused_until INTEGER,
  last_success_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_delivery (
  id TEXT PRIMARY KEY,
  webhook_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  last_status INTEGER,
  last_problem TEXT,
  created_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
CREATE UNIQUE INDEX webhook_delivery_message ON webhook_delivery (webhook_id, message_id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, next_attempt_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_state ON webhook_delivery (webhook_id, state, id);
CREATE INDEX webhook_delivery_finished ON webhook_delivery (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE webhook_outbox (
  name TEXT PRIMARY KEY,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
  postgresSql: `
ALTER TABLE event ADD COLUMN xact BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);
CREATE INDEX event_xact ON event (xact, id);
`,
};
