import type { DeviceStore } from '../../directory/device-store.ts';
import type { DirtyQueue } from '../../directory/dirty-queue.ts';
import type { MembershipGraph } from '../../directory/membership-graph.ts';
import type { Cause } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import { fieldChanges } from '../../events/field-change.ts';
import type { Clock } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import { newId } from '../../lib/ids.ts';
import { isOneLine } from '../../lib/one-line.ts';
import type { Transact } from '../../lib/transact.ts';
import type { Finding } from '../../profiles/finding.ts';
import type { ScopeTagRule } from '../../profiles/scope-tag-rule.ts';
import type { AssignmentStore } from '../assignment-store.ts';
import { markReached } from '../mark-reached.ts';
import { checkedRule } from './checked-rule.ts';
import { type Filter, type FilterId, maxFilters } from './filter.ts';
import type { FilterStore } from './filter-store.ts';
import { formatFilter } from './format-filter.ts';

export type SaveFilterDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly filters: FilterStore;
  readonly assignments: Pick<AssignmentStore, 'all'>;
  readonly memberships: Pick<MembershipGraph, 'devicesOf'>;
  readonly devices: Pick<DeviceStore, 'list'>;
  readonly dirtyQueue: Pick<DirtyQueue, 'mark' | 'markAll'>;
  /** Left out: whatever is wanted. */
  readonly scopeTagRule?: ScopeTagRule;
};

export type FilterInput = Pick<Filter, 'name' | 'description' | 'platform' | 'rule' | 'scopeTags'>;

export type SaveFilterResult = {
  readonly filter: Filter;
  readonly outcome: 'created' | 'changed' | 'unchanged';
  /** Warnings; errors are the failure `filter-invalid`. */
  readonly findings: readonly Finding[];
};

/**
 * Makes a filter (`id` null) or changes one. When what it says has changed, the devices of its platform that the
 * assignments using it reach are marked, and no others. Failures: `filter-invalid` with `params.findings`,
 * `filter-name-missing`, `filter-name-invalid`, `filter-name-taken`, `too-many-filters`, `filter-not-found`, `filter-version` (If-Match),
 * `filter-platform-changed`.
 */
export async function saveFilter(
  deps: SaveFilterDeps,
  input: FilterInput & { readonly id: FilterId | null; readonly version: number | null; readonly cause: Cause },
): Promise<SaveFilterResult> {
  const { id, version, cause, ...wanted } = input;
  return deps.transact(async () => {
    const known = id === null ? null : await expectFilter(deps.filters, id, version);
    const scopeTags = await deps.scopeTagRule?.(known?.scopeTags ?? null, wanted.scopeTags);
    const given = { ...wanted, scopeTags: scopeTags ?? wanted.scopeTags };
    const { tree, findings } = checkedRule(given.rule, given.platform);
    await checkHeader(deps.filters, given, known);
    if (known !== null && sameFilter(known, given)) return { filter: known, outcome: 'unchanged', findings };
    const now = deps.clock.now();
    const filter: Filter = {
      ...given,
      id: known?.id ?? newId<FilterId>(deps.clock),
      tree,
      version: (known?.version ?? 0) + 1,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
    };
    if (!(await deps.filters.save(filter))) throw versionFailure(filter.version - 1, null);
    if (known !== null && !sameMeaning(known, filter)) await markUsers(deps, filter);
    await deps.events.append([
      {
        type: 'filter.saved',
        cause,
        subjects: [{ kind: 'filter', id: filter.id, name: filter.name }],
        data: {
          name: filter.name,
          platform: filter.platform,
          version: filter.version,
          rule: filter.rule,
          changes: fieldChanges(known, filter, ['name', 'description', 'platform', 'rule', 'scopeTags']),
        },
      },
    ]);
    return { filter, outcome: known === null ? 'created' : 'changed', findings };
  });
}

/** The filter, when it is there and of the version that was edited. */
export async function expectFilter(
  filters: Pick<FilterStore, 'get'>,
  id: FilterId,
  version: number | null,
): Promise<Filter> {
  const known = await filters.get(id);
  if (known === null) throw new Failure('not-found', 'filter-not-found', 'There is no such filter.', { filter: id });
  if (version !== null && version !== known.version) throw versionFailure(version, known.version);
  return known;
}

function versionFailure(expected: number, found: number | null): Failure {
  const message = 'Somebody else has changed the filter meanwhile: read it again and repeat the change.';
  return new Failure('precondition', 'filter-version', message, { expected, found });
}

async function checkHeader(filters: FilterStore, given: FilterInput, known: Filter | null): Promise<void> {
  if (given.name === '') throw new Failure('invalid', 'filter-name-missing', 'A filter needs a name.');
  if (!isOneLine(given.name))
    throw new Failure(
      'invalid',
      'filter-name-invalid',
      'The name of a filter is one line, without control characters.',
    );
  if (known !== null && known.platform !== given.platform)
    throw new Failure(
      'invalid',
      'filter-platform-changed',
      `The platform of a filter never changes: it is ${known.platform}. Make another filter.`,
      { platform: known.platform },
    );
  const namesake = await filters.findByName(given.name);
  if (namesake !== null && namesake.id !== known?.id)
    throw new Failure('conflict', 'filter-name-taken', `Another filter is named “${namesake.name}”.`, {
      name: namesake.name,
    });
  if (known === null && (await filters.all()).length >= maxFilters)
    throw new Failure(
      'conflict',
      'too-many-filters',
      `There are ${maxFilters} filters, and there can be no more. Delete one that no assignment uses.`,
      { limit: maxFilters },
    );
}

function sameFilter(known: Filter, given: FilterInput): boolean {
  return (
    known.name === given.name &&
    known.description === given.description &&
    known.rule === given.rule &&
    JSON.stringify(known.scopeTags) === JSON.stringify(given.scopeTags)
  );
}

/** Spaces, parentheses and case of words change nothing. */
function sameMeaning(before: Filter, after: Filter): boolean {
  return before.tree !== null && after.tree !== null && formatFilter(before.tree) === formatFilter(after.tree);
}

async function markUsers(deps: SaveFilterDeps, { id, platform }: Filter): Promise<void> {
  const using = (await deps.assignments.all()).filter(({ filter }) => filter?.filterId === id);
  for (const [profileId, assignments] of Map.groupBy(using, (assignment) => assignment.profileId))
    await markReached(deps, assignments, { id: profileId, settings: { platform } });
}
