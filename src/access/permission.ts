/**
 * What a route may demand. Every listening route of `http` declares one of these; a test fails on one that does not.
 * The words follow the permission categories of the seed's world (intune-domain 4.8).
 */
export const permissions = [
  'public', // nothing: SCEP, CRL, CA certificates, health, the start of enrolment
  'device', // a device's own credential
  'token', // any API token or session, whatever it may do
  'session', // an administrator who has signed in, about themselves
  'directory.read',
  'directory.write',
  'profiles.read',
  'profiles.write',
  'profiles.assign',
  'deployments.read',
  'deployments.write',
  'challenges.create',
  'certificates.read',
  'certificates.revoke',
  'authority.read',
  'authority.write',
  'approvals.decide',
  'devices.join',
  'devices.manage',
  'events.read',
  'metrics.read',
  'webhooks.read',
  'webhooks.write',
  'removals.decide',
  'jobs.read',
  'jobs.write',
  'tokens.manage',
  'administrators.read',
  'administrators.write',
  'settings.read',
  'settings.write',
  'roles.read',
  'roles.manage',
] as const;

export type Permission = (typeof permissions)[number];

/** Permissions that somebody can hold. */
export type GrantedPermission = Exclude<Permission, 'public' | 'device' | 'token' | 'session'>;

export const grantedPermissions: readonly GrantedPermission[] = permissions.filter(
  (permission) =>
    permission !== 'public' && permission !== 'device' && permission !== 'token' && permission !== 'session',
);

/**
 * About what has no scope tag and reaches everybody: given within some scope tags only, they give nothing. A webhook is told of
 * all that happens, whoever gives roles can give them all.
 */
export const installationWide: ReadonlySet<GrantedPermission> = new Set([
  'administrators.read',
  'administrators.write',
  'authority.write',
  'metrics.read',
  'webhooks.read',
  'webhooks.write',
  'settings.write',
  'roles.manage',
]);
