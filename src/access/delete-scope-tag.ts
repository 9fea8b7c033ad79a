import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { expectScopeTag } from './save-scope-tag.ts';
import { defaultScopeTag, type ScopeTagId, scopeTagKey } from './scope-tag.ts';
import type { ScopeTagStore } from './scope-tag-store.ts';
import type { TaggedObjects } from './tagged-objects.ts';

/**
 * Deletes a scope tag, and takes it from the devices that carry it. Failures: `scope-tag-not-found`, `scope-tag-version`
 * (If-Match), `scope-tag-built-in`, `scope-tag-in-use` with the profiles and filters that
 * carry it and the roles that are assigned within it.
 */
export async function deleteScopeTag(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly scopeTags: Pick<ScopeTagStore, 'get' | 'remove'>;
    readonly tagged: Pick<TaggedObjects, 'carrying'>;
  },
  input: { readonly id: ScopeTagId; readonly version: number | null; readonly cause: Cause },
): Promise<void> {
  await deps.transact(async () => {
    const tag = await expectScopeTag(deps.scopeTags, input.id, input.version);
    if (tag.id === defaultScopeTag.id)
      throw new Failure(
        'invalid',
        'scope-tag-built-in',
        'The Default scope tag counts for what has no other: it stays.',
      );
    const key = scopeTagKey(tag.name);
    const carrying = await deps.tagged.carrying((name) => scopeTagKey(name) === key);
    if (carrying.length > 0)
      throw new Failure(
        'conflict',
        'scope-tag-in-use',
        `The scope tag is on ${carrying.map(({ kind, name }) => `the ${kind} “${name}”`).join(', ')}. Take it from them first.`,
        { objects: carrying },
      );
    await deps.scopeTags.remove(tag.id);
    await deps.events.append([
      {
        type: 'access.scope-tag-deleted',
        cause: input.cause,
        subjects: [{ kind: 'scopeTag', id: tag.id, name: tag.name }],
        data: { name: tag.name, before: { name: tag.name, description: tag.description, groupIds: tag.groupIds } },
      },
    ]);
  });
}
