/** Two people have changed the same thing: what each of them did to it, and both together. Pure; values are JSON. */

export type Difference = {
  /** `settings.keySize`; empty for the whole. */
  readonly path: string;
  readonly before: unknown;
  readonly theirs: unknown;
  readonly mine: unknown;
  /** Who changed it; `both`: to something different. */
  readonly by: 'them' | 'me' | 'both';
};

/** What either of them did to `before`, by path. Lists are one value. */
export function differences(before: unknown, theirs: unknown, mine: unknown, path = ''): readonly Difference[] {
  if (isMapping(before) && isMapping(theirs) && isMapping(mine)) {
    const names = new Set([...Object.keys(before), ...Object.keys(theirs), ...Object.keys(mine)]);
    return [...names].flatMap((name) =>
      differences(before[name], theirs[name], mine[name], path === '' ? name : `${path}.${name}`),
    );
  }
  const [byThem, byMe] = [!same(before, theirs), !same(before, mine)];
  if ((!byThem && !byMe) || (byThem && same(theirs, mine))) return [];
  return [{ path, before, theirs, mine, by: byThem && byMe ? 'both' : byThem ? 'them' : 'me' }];
}

/** Theirs with what I changed on top; where both did, `mine` says whose holds. */
export function merged<Value>(theirs: Value, found: readonly Difference[], mine: (path: string) => boolean): Value {
  return found
    .filter(({ by, path }) => by === 'me' || (by === 'both' && mine(path)))
    .reduce<unknown>((value, { path, mine: own }) => withValue(value, path, own), theirs) as Value;
}

function withValue(value: unknown, path: string, own: unknown): unknown {
  if (path === '') return own;
  const [name = '', ...rest] = path.split('.');
  const { [name]: inner, ...others } = isMapping(value) ? value : {};
  const changed = withValue(inner, rest.join('.'), own);
  return changed === undefined ? others : { ...others, [name]: changed };
}

export function same(a: unknown, b: unknown): boolean {
  if (isMapping(a) && isMapping(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => same(a[name], b[name]));
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, n) => same(each, b[n]));
  return a === b;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
