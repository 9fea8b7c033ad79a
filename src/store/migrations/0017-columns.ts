import type { Migration } from './migration.ts';

/**
 * What lists filter and sort certificates by, a column each, by segments of the index (`store/columns/`), which is made anew
 * with them, after the fact. `certificate_gone` names certificates that were deleted, for whoever has them in memory.
 */
export const columns: Migration = {
  number: 17,
  name: 'columns',
  oldestApplication: 5,
  sql: `
CREATE TABLE certificate_columns (
  position INTEGER PRIMARY KEY,
  content BLOB NOT NULL
) STRICT;
CREATE TABLE certificate_gone (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  certificate_id TEXT NOT NULL
) STRICT;

DELETE FROM certificate_segment;
DELETE FROM certificate_posting;
DELETE FROM certificate_text;
`,
};
