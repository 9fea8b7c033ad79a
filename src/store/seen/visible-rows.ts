/**
 * Which rows of which tables a viewer sees: the whole of it (docs/decisions/0036, docs/access.md). `:name` is a member of
 * the `View`. Tables that are not named here are seen by whoever has the permission.
 */
import { isAnyOf, type Sql } from '../sql.ts';

/** A condition on `r`, the row in question. */
export type VisibleRows = Readonly<Record<string, string>>;

/** `table`: as its real self, not as what is seen of it. */
export function visibleRows(sql: Pick<Sql, 'dialect'>, table: (name: string) => string): VisibleRows {
  const any = (column: string, list: string) => isAnyOf(sql, column, `:${list}`);
  const untagged = ':untagged = 1';
  const inGroup = (kind: string, id: string, groups: string) => `EXISTS (SELECT 1 FROM ${table('group_member')} m
    WHERE m.member_id = ${id} AND m.member_kind = '${kind}' AND ${any('m.group_id', groups)})`;
  // Tags of groups take the place of its own; none at all: Default (intune-domain 4.8).
  const deviceTagged = (
    id: string,
  ) => `(${inGroup('device', id, 'ownGroups')} OR (NOT ${inGroup('device', id, 'taggedGroups')} AND (
    EXISTS (SELECT 1 FROM ${table('device_scope_tag')} t WHERE t.device_id = ${id} AND ${any('t.tag_id', 'tags')})
    OR (${untagged} AND NOT EXISTS (SELECT 1 FROM ${table('device_scope_tag')} t WHERE t.device_id = ${id})))))`;
  const profile = (id: string) => any(id, 'profiles');
  const filter = (id: string) => any(id, 'filters');
  const isThere = (id: string) => `EXISTS (SELECT 1 FROM ${table('device')} v WHERE v.id = ${id})`;
  /** What belongs to a device and a profile: the device decides as long as it is there. */
  const onDevice = (
    deviceId: string,
    profileId: string,
  ) => `(CASE WHEN ${isThere(deviceId)} THEN ${deviceTagged(deviceId)}
    ELSE ${profile(profileId)} END)`;
  const group = (id: string) => `(${any(id, 'ownGroups')} OR ${any(id, 'scopeGroups')}
    OR (${untagged} AND NOT ${any(id, 'taggedGroups')}))`;
  const user = (id: string) => `(${inGroup('user', id, 'scopeGroups')}
    OR EXISTS (SELECT 1 FROM ${table('device')} v WHERE v.primary_user_id = ${id} AND ${deviceTagged('v.id')})
    OR (${untagged} AND NOT EXISTS (SELECT 1 FROM ${table('device')} v WHERE v.primary_user_id = ${id})))`;
  const deployment = (id: string) => `EXISTS (SELECT 1 FROM ${table('deployment')} d
    WHERE d.id = ${id} AND ${onDevice('d.device_id', 'd.profile_id')})`;
  const ofCertificate = (c: string) => `(CASE WHEN ${c}.profile_id IS NULL AND ${c}.device_id IS NULL THEN ${untagged}
    ELSE ${onDevice(`${c}.device_id`, `${c}.profile_id`)} END)`;
  const certificate = (id: string) =>
    `EXISTS (SELECT 1 FROM ${table('certificate')} c WHERE c.id = ${id} AND ${ofCertificate('c')})`;
  const member = `(CASE r.member_kind WHEN 'device' THEN ${deviceTagged('r.member_id')}
    WHEN 'user' THEN ${user('r.member_id')} ELSE ${group('r.member_id')} END)`;
  const json = (column: string, name: string) =>
    sql.dialect === 'sqlite' ? `(r.${column} ->> '${name}')` : `(r.${column}::jsonb ->> '${name}') COLLATE "C"`;
  const target = `(CASE ${json('target', 'kind')} WHEN 'group' THEN ${group(json('target', 'groupId'))}
    WHEN 'user' THEN ${user(json('target', 'userId'))} WHEN 'device' THEN ${deviceTagged(json('target', 'deviceId'))}
    ELSE 1 = 1 END)`;
  const [subjects, kindOf, idOf] =
    sql.dialect === 'sqlite'
      ? ['json_each(r.subjects) s', `(s.value ->> 'kind')`, `(s.value ->> 'id')`]
      : [
          'jsonb_array_elements(r.subjects::jsonb) s',
          `(s.value ->> 'kind') COLLATE "C"`,
          `(s.value ->> 'id') COLLATE "C"`,
        ];
  const ofKind = (...kinds: readonly string[]) =>
    `SELECT 1 FROM ${subjects} WHERE ${kindOf} IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`;
  const unseen = `EXISTS (SELECT 1 FROM ${subjects} WHERE NOT (CASE ${kindOf}
      WHEN 'device' THEN ${deviceTagged(idOf)}
      WHEN 'deployment' THEN ${deployment(idOf)}
      WHEN 'certificate' THEN ${certificate(idOf)}
      WHEN 'group' THEN ${group(idOf)} WHEN 'filter' THEN ${filter(idOf)}
      WHEN 'user' THEN ${user(idOf)} WHEN 'profile' THEN ${profile(idOf)}
      ELSE 1 = 1 END))`;
  const unseenDevice = `EXISTS (${ofKind('device')} AND NOT ${deviceTagged(idOf)})`;
  // An event about a device is seen with the device, whatever else it names; what is about nothing that carries tags is Default's.
  const event = `(${actorIs(sql)} OR (CASE
    WHEN EXISTS (${ofKind('device')}) THEN NOT ${unseenDevice}
    WHEN EXISTS (${ofKind('profile', 'deployment', 'certificate', 'group', 'filter', 'user')}) THEN NOT ${unseen}
    ELSE ${untagged} END))`;
  return {
    device: deviceTagged('r.id'),
    directory_user: user('r.id'),
    directory_group: group('r.id'),
    group_member: `${group('r.group_id')} AND ${member}`,
    scope_tag: any('r.id', 'tags'),
    profile: profile('r.id'),
    profile_version: profile('r.id'),
    profile_history: profile('r.profile_id'),
    assignment: `${profile('r.profile_id')} AND ${target}`,
    assignment_filter: filter('r.id'),
    deployment: onDevice('r.device_id', 'r.profile_id'),
    pending_request: deployment('r.deployment_id'),
    challenge: deployment('r.deployment_id'),
    scep_transaction: `(CASE WHEN r.deployment_id IS NOT NULL THEN ${deployment('r.deployment_id')}
      WHEN r.profile_id IS NOT NULL THEN ${profile('r.profile_id')} ELSE ${untagged} END)`,
    certificate: ofCertificate('r'),
    removal: onDevice('r.device_id', 'r.profile_id'),
    removal_case: profile('r.profile_id'),
    activity: `(${profile('r.profile_id')} OR (r.profile_id = '' AND ${untagged}))`,
    event,
    job: `(${actorIs(sql)} OR (CASE WHEN ${json('input', 'deviceId')} IS NOT NULL THEN ${deviceTagged(json('input', 'deviceId'))}
      WHEN ${json('input', 'profileId')} IS NOT NULL THEN ${profile(json('input', 'profileId'))}
      WHEN ${json('input', 'caseId')} IS NOT NULL THEN EXISTS (SELECT 1 FROM ${table('removal_case')} c
        WHERE c.id = ${json('input', 'caseId')} AND ${profile('c.profile_id')})
      ELSE ${untagged} END))`,
    job_failure: `(${deployment('r.item')} OR ${certificate('r.item')} OR (${untagged}
      AND NOT EXISTS (SELECT 1 FROM ${table('deployment')} d WHERE d.id = r.item)
      AND NOT EXISTS (SELECT 1 FROM ${table('certificate')} c WHERE c.id = r.item)))`,
  };
}

/** What the caller did itself. */
function actorIs({ dialect }: Pick<Sql, 'dialect'>): string {
  return dialect === 'sqlite' ? `(r.actor ->> 'id') = :caller` : `(r.actor::jsonb ->> 'id') COLLATE "C" = :caller`;
}
