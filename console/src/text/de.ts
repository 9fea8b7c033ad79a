/** Deutsch. Was noch niemand übersetzt hat, steht englisch da. */
import { account } from './de/account.ts';
import { administration } from './de/administration.ts';
import { applicability } from './de/applicability.ts';
import { assignments } from './de/assignments.ts';
import { audit } from './de/audit.ts';
import { authority } from './de/authority.ts';
import { certificates } from './de/certificates.ts';
import { devices } from './de/devices.ts';
import { directoryImport } from './de/directory-import.ts';
import { explain } from './de/explain.ts';
import { filters } from './de/filters.ts';
import { firstRun } from './de/first-run.ts';
import { groups } from './de/groups.ts';
import { jobs } from './de/jobs.ts';
import { overview } from './de/overview.ts';
import { chart, confirm, errors, list, platforms, states, words } from './de/pieces.ts';
import { profileEdit } from './de/profile-edit.ts';
import { profileEditor } from './de/profile-editor.ts';
import { profiles } from './de/profiles.ts';
import { removals } from './de/removals.ts';
import { reports } from './de/reports.ts';
import { navigation, shell, signIn } from './de/shell.ts';
import { timeline } from './de/timeline.ts';
import { troubleshoot } from './de/troubleshoot.ts';
import { trusted } from './de/trusted.ts';
import { users } from './de/users.ts';
import { waitingChanges } from './de/waiting-changes.ts';
import type { Catalogue } from './en.ts';

export const de: Catalogue = {
  product: 'Scepward',
  language: 'Deutsch',
  navigation,
  shell,
  errors,
  list,
  words,
  confirm,
  chart,
  states,
  signIn,
  firstRun,
  overview,
  platforms,
  timeline,
  certificates,
  explain,
  devices,
  directoryImport,
  users,
  groups,
  authority,
  reports,
  troubleshoot,
  jobs,
  profiles,
  filters,
  assignments,
  applicability,
  trusted,
  profileEdit,
  profileEditor,
  removals,
  waitingChanges,
  account,
  administration,
  audit,
};
