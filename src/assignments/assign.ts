import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { ProfileHistory } from '../profiles/profile-history.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { Assignment, AssignmentId } from './assignment.ts';
import { filterFindings } from './assignment-findings.ts';
import type { AssignmentStore } from './assignment-store.ts';
import type { FilterStore } from './filter/filter-store.ts';
import { markReached } from './mark-reached.ts';
import type { NewAssignment } from './new-assignment.ts';
import { targetKey } from './target-key.ts';

/**
 * The given assignments become the profile's only ones; those that stood there already keep their ids. Marks the devices
 * that the difference can touch. Same ones again: no event, nothing marked. Fails with `profile-not-found`,
 * `filter-not-found`, `filter-wrong-platform`, `filter-on-exclusion`, `one-filter-per-target`.
 * Whether the targets exist is checked where names become ids.
 */
export async function assign(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly profiles: Pick<ProfileStore, 'get'>;
    readonly profileHistory: Pick<ProfileHistory, 'record'>;
    readonly assignments: Pick<AssignmentStore, 'byProfile' | 'replace'>;
    readonly filters: Pick<FilterStore, 'get'>;
    readonly memberships: Pick<MembershipGraph, 'devicesOf'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark' | 'markAll'>;
  },
  input: {
    readonly profileId: ProfileId;
    readonly assignments: readonly NewAssignment[];
    readonly cause: Cause;
    /** Told those that stand there; throws where they are not what the author has seen. */
    readonly expect?: (before: readonly Assignment[]) => void;
  },
): Promise<readonly Assignment[]> {
  return deps.transact(async () => {
    const profile = await deps.profiles.get(input.profileId);
    if (profile === null) {
      throw new Failure('not-found', 'profile-not-found', 'There is no such profile.', { profile: input.profileId });
    }
    const before = await deps.assignments.byProfile(input.profileId);
    input.expect?.(before);
    const known = new Map(before.map((assignment) => [keyOf(assignment), assignment]));
    const after = new Map<string, Assignment>();
    const [fault] = await filterFindings(deps.filters, input.assignments, profile.settings.platform);
    if (fault !== undefined) throw new Failure('invalid', fault.rule, `${fault.detail} ${fault.fix ?? ''}`.trim());
    for (const { mode, target, filter = null } of input.assignments) {
      const key = keyOf({ mode, target, filter });
      const id = known.get(key)?.id ?? newId<AssignmentId>(deps.clock);
      after.set(key, { id, profileId: input.profileId, mode, target, filter });
    }
    const added = [...after].filter(([key]) => !known.has(key)).map(([, assignment]) => assignment);
    const removed = before.filter((assignment) => !after.has(keyOf(assignment)));
    const all = [...after.values()];
    if (added.length === 0 && removed.length === 0) return all;
    await deps.assignments.replace(input.profileId, all);
    await markReached(deps, [...added, ...removed], profile);
    const changes = [
      { path: 'assignments', before: before.map(briefly), after: all.map(briefly), effect: 'none' },
    ] as const;
    await deps.profileHistory.record(
      {
        id: newId(deps.clock),
        profileId: profile.id,
        kind: 'assigned',
        version: profile.version,
        restoredFrom: null,
        at: deps.clock.now(),
        cause: input.cause,
        changes,
      },
      [profile],
    );
    await deps.events.append([
      {
        type: 'assignment.changed',
        cause: input.cause,
        subjects: [{ kind: 'profile', id: input.profileId }],
        data: {
          added: added.map(briefly),
          removed: removed.map(briefly),
          changes: changes.map(({ path: field, before, after }) => ({ field, before, after })),
        },
      },
    ]);
    return all;
  });
}

function briefly({ mode, target, filter }: Assignment): NewAssignment {
  return { mode, target, ...(filter !== null && { filter }) };
}

function keyOf({ mode, target, filter = null }: NewAssignment): string {
  const text = targetKey(target);
  return filter === null ? `${mode} ${text}` : `${mode} ${text} ${filter.mode} ${filter.filterId}`;
}
