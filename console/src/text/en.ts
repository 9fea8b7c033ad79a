/**
 * Every word of the console. What a feature says stands in `en/<feature>.ts`, what all pages are made of in `en/pieces.ts`. A
 * second language is files with the same shape (`de/`); what depends on a number or a name is a function. Sentences end with a
 * full stop, labels and headings do not.
 */
import { account } from './en/account.ts';
import { administration } from './en/administration.ts';
import { applicability } from './en/applicability.ts';
import { assignments } from './en/assignments.ts';
import { audit } from './en/audit.ts';
import { authority } from './en/authority.ts';
import { certificates } from './en/certificates.ts';
import { devices } from './en/devices.ts';
import { directoryImport } from './en/directory-import.ts';
import { explain } from './en/explain.ts';
import { filters } from './en/filters.ts';
import { firstRun } from './en/first-run.ts';
import { groups } from './en/groups.ts';
import { jobs } from './en/jobs.ts';
import { overview } from './en/overview.ts';
import { chart, confirm, errors, list, platforms, states, words } from './en/pieces.ts';
import { profileEdit } from './en/profile-edit.ts';
import { profileEditor } from './en/profile-editor.ts';
import { profiles } from './en/profiles.ts';
import { removals } from './en/removals.ts';
import { reports } from './en/reports.ts';
import { navigation, shell, signIn } from './en/shell.ts';
import { timeline } from './en/timeline.ts';
import { troubleshoot } from './en/troubleshoot.ts';
import { trusted } from './en/trusted.ts';
import { users } from './en/users.ts';
import { waitingChanges } from './en/waiting-changes.ts';

export const en = {
  language: 'English',
  product: 'Scepward',
  // A section for each page: keep what belongs together in one.
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

export type Catalogue = typeof en;
