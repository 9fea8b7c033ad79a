import { Failure } from '../lib/failure.ts';
import { defaultScopeTag, effectiveScopeTags, scopeTagKey } from './scope-tag.ts';
import type { ScopeTagStore } from './scope-tag-store.ts';
import { limitedViewer } from './viewing.ts';

/**
 * The tags that something is to carry, by name, when whoever looks wants it to carry these: who is limited gives what they
 * make all of their own tags, gives and takes no others, and never takes the last one by which they see it (intune-domain
 * 4.8). `before` null: it is new. Failures: `scope-tag-not-own`, `last-scope-tag`, `slug-taken`
 * by what they do not see.
 */
export async function limitedScopeTags(
  deps: { readonly scopeTags: Pick<ScopeTagStore, 'all'> },
  before: readonly string[] | null,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const viewer = limitedViewer();
  if (viewer === null) return wanted;
  const ids = new Set<string>(viewer.scopes.flatMap(({ scopeTags }) => (scopeTags === 'all' ? [] : scopeTags)));
  const own = (await deps.scopeTags.all()).filter(({ id }) => ids.has(id));
  const keys = new Set(own.map(({ name }) => scopeTagKey(name)));
  const isOwn = (name: string) => keys.has(scopeTagKey(name));
  // A slug and a name are one's own all over the installation, and whoever meets them learns no more than that.
  if (before !== null && !effectiveScopeTags(before).some(isOwn))
    throw new Failure('conflict', 'slug-taken', 'Something else has this slug or name: choose another.');
  const inherited = own.filter(({ id }) => id !== defaultScopeTag.id).map(({ name }) => name);
  const next = before === null && wanted.length === 0 ? inherited : wanted;
  const [was, is] = [before === null ? [] : effectiveScopeTags(before), effectiveScopeTags(next)];
  if (!is.some(isOwn))
    throw new Failure(
      'forbidden',
      'last-scope-tag',
      `It must carry one of your scope tags, or you would not see it any more: ${own.map(({ name }) => name).join(', ')}.`,
    );
  const foreign = [...without(is, was), ...without(was, is)].filter((name) => !isOwn(name));
  if (foreign.length > 0)
    throw new Failure(
      'forbidden',
      'scope-tag-not-own',
      `You cannot give or take ${foreign.map((name) => `“${name}”`).join(', ')}: only scope tags of your own.`,
      { scopeTags: foreign },
    );
  return next;
}

function without(names: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others.map(scopeTagKey));
  return names.filter((name) => !known.has(scopeTagKey(name)));
}
