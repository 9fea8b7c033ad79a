import type { Answer } from '../../api/call.ts';
import { useRead } from '../../api/queries.ts';

export type GrantedPermission = Answer<'GET /api/v1/roles/{role}'>['permissions'][number];

/** Every permission that can be given: the built-in roles have all of them between them. */
export function usePermissions(): readonly GrantedPermission[] {
  const roles = useRead('GET /api/v1/roles');
  const all = roles.data?.items.flatMap(({ permissions }) => permissions) ?? [];
  return [...new Set(all)].sort();
}
