/** What a viewer's scopes come to in this store: lists of ids that conditions compare with. */
import { defaultScopeTag, effectiveScopeTags, type ScopeTagId, scopeTagKey } from '../../access/scope-tag.ts';
import type { Viewer } from '../../access/viewing.ts';
import { isAnyOf, type Sql, type SqlRow, type SqlValue } from '../sql.ts';

/** Each a parameter of a condition; lists are JSON. */
export type View = Readonly<
  Record<'caller' | 'tags' | 'ownGroups' | 'taggedGroups' | 'scopeGroups' | 'profiles' | 'filters', string>
> & {
  /** 1: what carries no tag is visible. */
  readonly untagged: 0 | 1;
};

type TagRow = SqlRow & { id: ScopeTagId; name: string; group_ids: string };
type CarryingRow = SqlRow & { id: string; scope_tags: string };

const views = new WeakMap<Viewer, Promise<View>>();

/** Read once for each viewer: a request. */
export function viewOf(sql: Sql, viewer: Viewer): Promise<View> {
  const known = views.get(viewer) ?? readView(sql, viewer);
  views.set(viewer, known);
  return known;
}

/** The viewer has changed who carries what. */
export function forgetView(viewer: Viewer): void {
  views.delete(viewer);
}

/** Reads the tags, the groups that give them, and which profiles and filters carry them: they do so by name. */
async function readView(sql: Sql, { id: caller, scopes }: Viewer): Promise<View> {
  const tags = new Set(scopes.flatMap(({ scopeTags }) => (scopeTags === 'all' ? [] : scopeTags)));
  const all = await sql.all<TagRow>('SELECT id, name, group_ids FROM scope_tag');
  const own = all.filter(({ id }) => tags.has(id));
  const keys = new Set(
    [...own.map(({ name }) => name), ...(tags.has(defaultScopeTag.id) ? [defaultScopeTag.name] : [])].map(scopeTagKey),
  );
  const groupsOf = (rows: readonly TagRow[]) =>
    within(
      sql,
      rows.flatMap(({ group_ids }) => JSON.parse(group_ids) as string[]),
    );
  const carrying = async (text: string) => {
    const last = new Map(
      (await sql.all<CarryingRow>(text)).map(({ id, scope_tags }) => [id, JSON.parse(scope_tags) as string[]]),
    );
    return [...last]
      .filter(([, names]) => effectiveScopeTags(names).some((name) => keys.has(scopeTagKey(name))))
      .map(([id]) => id);
  };
  const scopeGroups = scopes.flatMap(({ scopeGroups }) => (scopeGroups === 'all' ? [] : scopeGroups));
  return {
    caller: caller ?? '',
    untagged: tags.has(defaultScopeTag.id) ? 1 : 0,
    tags: JSON.stringify([...tags]),
    ownGroups: JSON.stringify(await groupsOf(own)),
    taggedGroups: JSON.stringify(await groupsOf(all)),
    scopeGroups: JSON.stringify(await within(sql, scopeGroups)),
    // Deleted ones as they were last: their history and certificates are there still.
    profiles: JSON.stringify([
      ...(await carrying('SELECT id, scope_tags FROM profile')),
      ...(await carrying(
        'SELECT id, scope_tags FROM profile_version WHERE id NOT IN (SELECT id FROM profile) ORDER BY version',
      )),
    ]),
    filters: JSON.stringify(await carrying('SELECT id, scope_tags FROM assignment_filter')),
  };
}

/** These groups and all that is nested in them. */
async function within(sql: Sql, groupIds: readonly string[]): Promise<readonly string[]> {
  const found = new Set(groupIds);
  for (let fresh = [...found]; fresh.length > 0; ) {
    const rows = await sql.all<SqlRow & { member_id: string }>(
      `SELECT DISTINCT member_id FROM group_member WHERE member_kind = 'group' AND ${isAnyOf(sql, 'group_id', '$1')}`,
      [JSON.stringify(fresh)],
    );
    fresh = rows.map(({ member_id }) => member_id).filter((id) => !found.has(id));
    for (const id of fresh) found.add(id);
  }
  return [...found];
}

export function parameterOf(view: View, name: string): SqlValue {
  const value = view[name as keyof View];
  if (value === undefined) throw new Error(`A view has no ${name}.`);
  return value;
}
