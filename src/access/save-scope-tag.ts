import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { fieldChanges } from '../events/field-change.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import { defaultScopeTag, type ScopeTag, type ScopeTagId, scopeTagKey } from './scope-tag.ts';
import type { ScopeTagStore } from './scope-tag-store.ts';
import type { TaggedObjects } from './tagged-objects.ts';

export type ScopeTagInput = Pick<ScopeTag, 'name' | 'description' | 'groupIds'>;

/**
 * Makes a scope tag (`id` null) or changes one. Whatever carries a tag that gets another name carries it on. That groups
 * exist is checked where names become ids. Failures: `scope-tag-not-found`, `scope-tag-version` (If-Match),
 * `scope-tag-name-missing`, `scope-tag-name-taken`, `scope-tag-built-in`.
 */
export async function saveScopeTag(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly scopeTags: Pick<ScopeTagStore, 'get' | 'findByName' | 'save'>;
    readonly tagged: TaggedObjects;
  },
  input: ScopeTagInput & { readonly id: ScopeTagId | null; readonly version: number | null; readonly cause: Cause },
): Promise<ScopeTag> {
  const { id, version, cause, description } = input;
  const name = input.name.trim();
  const groupIds = [...new Set(input.groupIds)].sort();
  return deps.transact(async () => {
    const known = id === null ? null : await expectScopeTag(deps.scopeTags, id, version);
    if (known?.id === defaultScopeTag.id)
      throw new Failure(
        'invalid',
        'scope-tag-built-in',
        'The Default scope tag counts for what has no other: it never changes.',
      );
    if (name === '') throw new Failure('invalid', 'scope-tag-name-missing', 'A scope tag needs a name.');
    const namesake = await deps.scopeTags.findByName(name);
    if (namesake !== null && namesake.id !== known?.id)
      throw new Failure('conflict', 'scope-tag-name-taken', `Another scope tag is named “${namesake.name}”.`, {
        name: namesake.name,
      });
    if (known !== null && JSON.stringify(contentOf(known)) === JSON.stringify({ name, description, groupIds }))
      return known;
    const now = deps.clock.now();
    const tag: ScopeTag = {
      id: known?.id ?? newId<ScopeTagId>(deps.clock),
      name,
      description,
      groupIds,
      version: (known?.version ?? 0) + 1,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
    };
    if (!(await deps.scopeTags.save(tag))) throw versionFailure(tag.version - 1, null);
    if (known !== null && known.name !== name) {
      const before = scopeTagKey(known.name);
      await deps.tagged.rename((each) => scopeTagKey(each) === before, name, cause);
    }
    await deps.events.append([
      {
        type: 'access.scope-tag-saved',
        cause,
        subjects: [{ kind: 'scopeTag', id: tag.id, name }],
        data: {
          name,
          version: tag.version,
          groups: groupIds.length,
          changes: fieldChanges(known, tag, ['name', 'description', 'groupIds']),
        },
      },
    ]);
    return tag;
  });
}

function contentOf({ name, description, groupIds }: ScopeTag): ScopeTagInput {
  return { name, description, groupIds };
}

/** The tag, when it is there and of the version that was edited. */
export async function expectScopeTag(
  scopeTags: Pick<ScopeTagStore, 'get'>,
  id: ScopeTagId,
  version: number | null,
): Promise<ScopeTag> {
  const known = await scopeTags.get(id);
  if (known === null)
    throw new Failure('not-found', 'scope-tag-not-found', 'There is no such scope tag.', { scopeTag: id });
  if (version !== null && version !== known.version) throw versionFailure(version, known.version);
  return known;
}

function versionFailure(expected: number, found: number | null): Failure {
  const message = 'Somebody else has changed the scope tag meanwhile: read it again and repeat the change.';
  return new Failure('precondition', 'scope-tag-version', message, { expected, found });
}
