/** Every page of the navigation: what the menu, the palette and the shortcuts go by. Entries for what does not exist are absent. */
import type { Catalogue } from '../text/en.ts';

export type NavigationName = Extract<
  keyof Catalogue['navigation'],
  | 'overview'
  | 'devices'
  | 'users'
  | 'groups'
  | 'filters'
  | 'profiles'
  | 'certificates'
  | 'authority'
  | 'reports'
  | 'troubleshoot'
  | 'jobs'
  | 'removals'
  | 'administration'
  | 'audit'
>;

export type NavigationEntry = {
  readonly name: NavigationName;
  readonly to: string;
  /** After “g”. */
  readonly shortcut: string;
  /** Any of these shows it. */
  readonly permissions: readonly string[];
};

export const navigation: readonly NavigationEntry[] = [
  { name: 'overview', to: '/', shortcut: 'o', permissions: [] },
  { name: 'devices', to: '/devices', shortcut: 'd', permissions: ['directory.read'] },
  { name: 'users', to: '/users', shortcut: 'u', permissions: ['directory.read'] },
  { name: 'groups', to: '/groups', shortcut: 'p', permissions: ['directory.read'] },
  { name: 'filters', to: '/filters', shortcut: 'f', permissions: ['profiles.read'] },
  { name: 'profiles', to: '/profiles', shortcut: 'e', permissions: ['profiles.read'] },
  { name: 'certificates', to: '/certificates', shortcut: 'c', permissions: ['certificates.read'] },
  { name: 'authority', to: '/authority', shortcut: 'a', permissions: ['authority.read'] },
  { name: 'reports', to: '/reports', shortcut: 'r', permissions: ['deployments.read'] },
  { name: 'troubleshoot', to: '/troubleshoot', shortcut: 't', permissions: ['deployments.read'] },
  { name: 'jobs', to: '/jobs', shortcut: 'j', permissions: ['jobs.read'] },
  { name: 'removals', to: '/removals', shortcut: 'v', permissions: ['deployments.read', 'removals.decide'] },
  {
    name: 'administration',
    to: '/administration',
    shortcut: 'm',
    permissions: ['administrators.read', 'roles.read', 'settings.read', 'tokens.manage', 'webhooks.read'],
  },
  { name: 'audit', to: '/audit', shortcut: 'l', permissions: ['events.read'] },
];
