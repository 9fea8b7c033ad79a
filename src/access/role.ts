/**
 * What somebody may do, as a bundle with a name. The built-in ones are those that endpoint administrators know
 * (intune-domain 4.8), in our permissions: this table is the mapping. Others are made of permissions.
 */
import type { Branded } from '../lib/ids.ts';
import { type GrantedPermission, grantedPermissions } from './permission.ts';

export type RoleId = Branded<'RoleId'>;

export type Role = {
  readonly id: RoleId;
  /** Unique without regard to case, built-in ones included. */
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly GrantedPermission[];
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** See everything that carries tags, and nothing else. */
const reads = [
  'directory.read',
  'profiles.read',
  'deployments.read',
  'certificates.read',
  'authority.read',
  'events.read',
  'jobs.read',
  'settings.read',
] as const satisfies readonly GrantedPermission[];

function builtIn(id: string, name: string, description: string, permissions: readonly GrantedPermission[]): Role {
  return { id: id as RoleId, name, description, permissions, version: 1, createdAt: 0, updatedAt: 0 };
}

/** The one that gives everything. */
export const administratorRole = 'administrator' as RoleId;

/** They never change and are not stored. */
export const builtInRoles: readonly Role[] = [
  builtIn(administratorRole, 'Administrator', 'May do everything.', grantedPermissions),
  builtIn(
    'policy-and-profile-manager',
    'Policy and Profile Manager',
    'Makes, edits, assigns and deletes profiles and filters; sees what becomes of them.',
    [...reads, 'profiles.write', 'profiles.assign', 'jobs.write', 'removals.decide'],
  ),
  builtIn(
    'help-desk-operator',
    'Help Desk Operator',
    'Looks after devices and their people: joins and retires devices, has certificates issued again.',
    [...reads, 'devices.join', 'devices.manage', 'deployments.write', 'challenges.create'],
  ),
  builtIn(
    'read-only-operator',
    'Read Only Operator',
    'Sees profiles, devices, certificates, reports and events.',
    reads,
  ),
  builtIn(
    'certificate-manager',
    'Certificate Manager',
    'Revokes certificates and has them issued again, decides on requests and on removals that wait.',
    [
      ...reads,
      'certificates.revoke',
      'deployments.write',
      'challenges.create',
      'approvals.decide',
      'removals.decide',
      'jobs.write',
    ],
  ),
];

export function isBuiltIn({ id }: Pick<Role, 'id'>): boolean {
  return builtInRoles.some((role) => role.id === id);
}

export type RoleStore = {
  /** Built-in ones are found too. */
  get(id: RoleId): Promise<Role | null>;
  /** By name, the built-in ones first. */
  all(): Promise<readonly Role[]>;
  /** Inserts version 1 or replaces version `role.version - 1`; false when another version is stored. */
  save(role: Role): Promise<boolean>;
  remove(id: RoleId): Promise<void>;
};
