import type { Migration } from './migration.ts';

/** An application that knows no leases would publish beside the holder: it must not work with this schema. */
export const leasesAndDueCrls: Migration = {
  number: 4,
  name: 'leases-and-due-crls',
  oldestApplication: 4,
  sql: `
CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  token INTEGER NOT NULL,
  holder TEXT,
  beat INTEGER NOT NULL
) STRICT;

CREATE TABLE crl_due (
  certificate_id TEXT PRIMARY KEY,
  issuer_id TEXT NOT NULL,
  shard INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX crl_due_shard ON crl_due (issuer_id, shard);

ALTER TABLE authority ADD COLUMN rollover TEXT;

DROP INDEX certificate_revoked;
CREATE INDEX certificate_revoked
  ON certificate (issuer_id, shard, revoked_at, id, serial, revocation_reason, not_after)
  WHERE revoked_at IS NOT NULL;
`,
};
