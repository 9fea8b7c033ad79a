import type { Migration } from './migration.ts';

/**
 * The profile whose change alone marks a device; null: anything may have changed. An application that does not know the
 * column would mark such a device for anything and leave it marked for one: it must not work with this schema.
 */
export const marksForOneProfile: Migration = {
  number: 8,
  name: 'marks-for-one-profile',
  oldestApplication: 8,
  sql: `
ALTER TABLE dirty_device ADD COLUMN profile_id TEXT;
`,
};
