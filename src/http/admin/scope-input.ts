/** Where rights count, as the API says it: scope tags and groups by name. */
import { z } from 'zod';
import type { Scope } from '../../access/principal.ts';
import type { ScopeTagStore } from '../../access/scope-tag-store.ts';
import type { GroupStore } from '../../directory/group-store.ts';
import { findGroup } from './directory-names.ts';
import { nameParam } from './find-named.ts';
import { findScopeTag } from './find-scope-tag.ts';
import { list } from './list-schema.ts';

export type ScopeNames = {
  readonly scopeTags: Pick<ScopeTagStore, 'get' | 'findByName'>;
  readonly groups: Pick<GroupStore, 'get' | 'findByName'>;
};

const all = z.literal('all');

export const scopeSchema = z
  .object({
    scopeTags: z.union([all, list(z.string())]).describe('Ids; only what carries one of them is visible'),
    scopeGroups: z
      .union([all, list(z.string())])
      .describe('Ids; profiles may be assigned to these and what is nested in them'),
  })
  .meta({ id: 'Scope' });

const names = z.array(nameParam('Id or exact name')).max(100);

export const scopeInput = {
  scopeTags: z.union([all, names]).default('all').describe('Id or exact name of each'),
  scopeGroups: z.union([all, names]).default('all').describe('Id or exact name of each'),
};

type ScopeInput = { readonly [Key in keyof Scope]: 'all' | readonly string[] };

export async function scopeOf(useCases: ScopeNames, { scopeTags, scopeGroups }: ScopeInput): Promise<Scope> {
  const ids = async <T extends { readonly id: string }>(
    given: 'all' | readonly string[],
    find: (name: string) => Promise<T>,
  ) => {
    if (given === 'all') return given;
    const found = new Set<T['id']>();
    for (const name of given) found.add((await find(name)).id);
    return [...found].sort();
  };
  return {
    scopeTags: await ids(scopeTags, (name) => findScopeTag(useCases, name)),
    scopeGroups: await ids(scopeGroups, (name) => findGroup(useCases, name)),
  };
}

export function scopeView({ scopeTags, scopeGroups }: Scope): z.infer<typeof scopeSchema> {
  const copy = <T>(given: 'all' | readonly T[]) => (given === 'all' ? given : [...given]);
  return { scopeTags: copy(scopeTags), scopeGroups: copy(scopeGroups) };
}
