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
`,
};
