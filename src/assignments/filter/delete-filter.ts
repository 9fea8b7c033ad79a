import type { Cause } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import { Failure } from '../../lib/failure.ts';
import type { Transact } from '../../lib/transact.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import type { AssignmentStore } from '../assignment-store.ts';
import type { Filter, FilterId } from './filter.ts';
import type { FilterStore } from './filter-store.ts';
import { profilesUsing } from './profiles-using.ts';
import { expectFilter } from './save-filter.ts';

/** Failures: `filter-not-found`, `filter-version` (If-Match), `filter-in-use` with the profiles whose assignments use it. */
export async function deleteFilter(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly filters: Pick<FilterStore, 'get' | 'remove'>;
    readonly assignments: Pick<AssignmentStore, 'all'>;
    readonly profiles: Pick<ProfileStore, 'all'>;
  },
  input: { readonly id: FilterId; readonly version: number | null; readonly cause: Cause },
): Promise<Filter> {
  return deps.transact(async () => {
    const filter = await expectFilter(deps.filters, input.id, input.version);
    const using = await profilesUsing(deps, filter.id);
    if (using.length > 0)
      throw new Failure(
        'conflict',
        'filter-in-use',
        `Assignments of ${using.map(({ name }) => `“${name}”`).join(', ')} use this filter. Take it out of them first.`,
        { profiles: using },
      );
    await deps.filters.remove(filter.id);
    await deps.events.append([
      {
        type: 'filter.deleted',
        cause: input.cause,
        subjects: [{ kind: 'filter', id: filter.id, name: filter.name }],
        data: {
          name: filter.name,
          platform: filter.platform,
          version: filter.version,
          before: {
            name: filter.name,
            description: filter.description,
            rule: filter.rule,
            scopeTags: filter.scopeTags,
          },
        },
      },
    ]);
    return filter;
  });
}
