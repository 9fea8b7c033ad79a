/** Every page of the console that stands for itself: looked at by axe and photographed in both widths and themes. */
export type ConsolePage = {
  /** Of the screenshot. */
  readonly name: string;
  readonly path: string;
};

export const consolePages: readonly ConsolePage[] = [
  { name: 'overview', path: '/' },
  { name: 'devices', path: '/devices' },
  { name: 'users', path: '/users' },
  { name: 'groups', path: '/groups' },
  { name: 'import', path: '/import' },
  { name: 'authority', path: '/authority' },
  { name: 'reports', path: '/reports' },
  { name: 'failures', path: '/reports/failures' },
  { name: 'troubleshoot', path: '/troubleshoot?search=a' },
  { name: 'jobs', path: '/jobs' },
  { name: 'removals', path: '/removals' },
  { name: 'profiles', path: '/profiles' },
  { name: 'create-profile', path: '/profiles?create=new' },
  { name: 'create-profile-basics', path: '/profiles/_create?platform=windows10&type=scep' },
  { name: 'create-profile-settings', path: '/profiles/_create?platform=windows10&type=scep&step=settings' },
  { name: 'create-profile-review', path: '/profiles/_create?platform=linux&type=scep&step=review' },
  { name: 'profile', path: '/profiles/ios-wifi' },
  { name: 'profile-devices', path: '/profiles/ios-wifi?part=devices' },
  { name: 'profile-users', path: '/profiles/ios-wifi?part=users' },
  { name: 'profile-properties', path: '/profiles/ios-wifi?part=properties' },
  { name: 'profile-history', path: '/profiles/ios-wifi?part=history' },
  { name: 'edit-basics', path: '/profiles/ios-wifi/edit?part=basics' },
  { name: 'edit-assignments', path: '/profiles/ios-wifi/edit?part=assignments' },
  { name: 'edit-trusted', path: '/profiles/root-ios/edit?part=settings' },
  { name: 'filters', path: '/filters' },
  { name: 'add-filter', path: '/filters?open=new' },
  { name: 'certificates', path: '/certificates' },
  { name: 'account', path: '/account' },
  { name: 'administrators', path: '/administration' },
  { name: 'identity-providers', path: '/administration/identity-providers' },
  { name: 'roles', path: '/administration/roles' },
  { name: 'role-assignments', path: '/administration/role-assignments' },
  { name: 'scope-tags', path: '/administration/scope-tags' },
  { name: 'tokens', path: '/administration/tokens' },
  { name: 'webhooks', path: '/administration/webhooks' },
  { name: 'waiting-changes', path: '/administration/waiting-changes' },
  { name: 'settings', path: '/administration/settings' },
  { name: 'audit', path: '/audit?by=all' },
  { name: 'not-found', path: '/no-such-page' },
];
