import { firstTables } from './0001-first-tables.ts';
import { profileVersions } from './0002-profile-versions.ts';
import { filtersAndScopeTags } from './0003-filters-and-scope-tags.ts';
import { leasesAndDueCrls } from './0004-leases-and-due-crls.ts';
import { renewalAndDrift } from './0005-renewal-and-drift.ts';
import { jobsAndRemovals } from './0006-jobs-and-removals.ts';
import { reports } from './0007-reports.ts';
import { marksForOneProfile } from './0008-marks-for-one-profile.ts';
import { webhooks } from './0009-webhooks.ts';
import { audit } from './0010-audit.ts';
import { administrators } from './0011-administrators.ts';
import { rolesAndScopes } from './0012-roles-and-scopes.ts';
import { removalCasesInTime } from './0014-removal-cases-in-time.ts';
import { columns } from './0017-columns.ts';
import { secondApproval } from './0018-second-approval.ts';
import { deviceSearch } from './0021-device-search.ts';
import type { Migration } from './migration.ts';

/** In order. A new one goes to the end. */
export const allMigrations: readonly Migration[] = [
  firstTables,
  profileVersions,
  filtersAndScopeTags,
  leasesAndDueCrls,
  renewalAndDrift,
  jobsAndRemovals,
  reports,
  marksForOneProfile,
  webhooks,
  audit,
  administrators,
  rolesAndScopes,
  removalCasesInTime,
  columns,
  secondApproval,
  deviceSearch,
];
