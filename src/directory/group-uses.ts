/** What names a group and would mean something else without it: `assignments` knows; a group in use is not removed. */
import type { GroupId } from './group.ts';

export type GroupUse =
  | {
      readonly kind: 'assignment';
      readonly mode: 'include' | 'exclude';
      readonly profile: { readonly id: string; readonly name: string; readonly slug: string };
    }
  /** Of co-management. */
  | { readonly kind: 'pilotGroup' };

/** Of those groups that are in use; asked in the transaction that would remove them. */
export type GroupUses = (groupIds: readonly GroupId[]) => Promise<ReadonlyMap<GroupId, readonly GroupUse[]>>;

/** Who uses a group, and what frees it. */
export function groupInUseText(name: string, uses: readonly GroupUse[]): string {
  const named = (wanted: 'include' | 'exclude') =>
    uses.flatMap((use) => (use.kind === 'assignment' && use.mode === wanted ? [`“${use.profile.name}”`] : []));
  const [including, excluding] = [named('include'), named('exclude')];
  const reasons = [
    ...(including.length > 0 ? [`assignments of ${including.join(', ')} include it`] : []),
    ...(excluding.length > 0 ? [`assignments of ${excluding.join(', ')} exclude it`] : []),
    ...(uses.some(({ kind }) => kind === 'pilotGroup') ? ['it is the pilot group of co-management'] : []),
  ];
  return `The group “${name}” is in use and cannot be removed: ${reasons.join('; ')}. Change that first.`;
}
