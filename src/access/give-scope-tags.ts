import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { maxScopeTags, type ScopeTag, type ScopeTagId } from './scope-tag.ts';
import type { ScopeTagStore } from './scope-tag-store.ts';

/**
 * These tags, by name, become the ones that a device was given itself; none: it has none of its own. While groups tag the
 * device, theirs count instead (intune-domain 4.8). That the device exists is checked where its name becomes an id.
 * Failures: `scope-tag-not-found`, `too-many-scope-tags`.
 */
export async function giveScopeTags(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly scopeTags: Pick<ScopeTagStore, 'get' | 'findByName' | 'givenTo' | 'give'>;
  },
  input: { readonly deviceId: string; readonly names: readonly string[]; readonly cause: Cause },
): Promise<void> {
  const { deviceId, names, cause } = input;
  if (names.length > maxScopeTags)
    throw new Failure(
      'invalid',
      'too-many-scope-tags',
      `${names.length} scope tags are too many: at most ${maxScopeTags}.`,
    );
  await deps.transact(async () => {
    const tags = new Map<ScopeTagId, ScopeTag>();
    for (const name of names) {
      const tag = await deps.scopeTags.findByName(name);
      if (tag === null)
        throw new Failure('invalid', 'scope-tag-not-found', `There is no scope tag “${name}”. Make it first.`, {
          name,
        });
      tags.set(tag.id, tag);
    }
    const before = (await deps.scopeTags.givenTo([deviceId])).get(deviceId) ?? [];
    if (JSON.stringify([...before].sort()) === JSON.stringify([...tags.keys()].sort())) return;
    await deps.scopeTags.give(deviceId, [...tags.keys()]);
    await deps.events.append([
      {
        type: 'access.scope-tags-given',
        cause,
        subjects: [{ kind: 'device', id: deviceId }],
        data: {
          scopeTags: [...tags.values()].map(({ name }) => name),
          before: { scopeTags: await namesOf(deps, before) },
          after: { scopeTags: [...tags.values()].map(({ name }) => name).sort() },
        },
      },
    ]);
  });
}

async function namesOf(
  { scopeTags }: { readonly scopeTags: Pick<ScopeTagStore, 'get'> },
  ids: readonly ScopeTagId[],
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const id of ids) names.push((await scopeTags.get(id))?.name ?? id);
  return names.sort();
}
