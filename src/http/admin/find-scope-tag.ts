import { defaultScopeTag, type ScopeTag } from '../../access/scope-tag.ts';
import type { ScopeTagStore } from '../../access/scope-tag-store.ts';
import { findNamed } from './find-named.ts';

/** By id or exact name. */
export function findScopeTag(
  { scopeTags }: { readonly scopeTags: Pick<ScopeTagStore, 'get' | 'findByName'> },
  text: string,
): Promise<ScopeTag> {
  return findNamed<ScopeTag>(
    {
      noun: 'scope-tag',
      get: (id) => scopeTags.get(id),
      findByName: async (named) => {
        // Its id is no UUID.
        const found = text === defaultScopeTag.id ? await scopeTags.get(defaultScopeTag.id) : null;
        return [found ?? (await scopeTags.findByName(named))].filter((each) => each !== null);
      },
      describe: (each) => ({ id: each.id, name: each.name, detail: 'scope tag' }),
    },
    text,
  );
}
