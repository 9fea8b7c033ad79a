import type { Migration } from './migration.ts';

/**
 * What a search of devices compares stands beside what sorts them: nothing else is read of those that are not meant. And
 * overviews count those that are not retired by an index.
 */
export const deviceSearch: Migration = {
  number: 21,
  name: 'device-search',
  oldestApplication: 5,
  sql: `
CREATE INDEX device_search ON device (device_name_folded, id, serial_number_folded);
DROP INDEX device_name;
CREATE INDEX device_platform ON device (platform) WHERE retired_at IS NULL;
`,
};
