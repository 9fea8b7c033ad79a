/** Which methods a path knows: tells "no such page" from "not by this method". Asked only when no route has matched. */
export type RouteTable = {
  add(pattern: string, methods: readonly string[]): void;
  /** Methods of the routes whose pattern matches; empty when none does. */
  methodsFor(path: string): readonly string[];
  /** Whether any route begins as the path does: `/scep` owns whatever lies below. `/` owns itself alone. */
  ownsFirstSegmentOf(path: string): boolean;
};

/** Understands what our patterns use: fixed segments, `:name` for one segment, and a last `*` for any tail. */
export function routeTable(): RouteTable {
  const methodsByPattern = new Map<string, Set<string>>();
  return {
    add(pattern, methods) {
      const known = methodsByPattern.get(pattern) ?? new Set();
      for (const method of methods) known.add(method);
      methodsByPattern.set(pattern, known);
    },
    methodsFor(path) {
      const found = new Set<string>();
      for (const [pattern, methods] of methodsByPattern)
        if (matches(pattern, path)) for (const method of methods) found.add(method);
      return [...found].sort();
    },
    ownsFirstSegmentOf(path) {
      const [, first] = path.split('/');
      return [...methodsByPattern.keys()].some((pattern) => pattern.split('/')[1] === first);
    },
  };
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  const tail = wanted.at(-1) === '*';
  if (tail ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, i) => {
    const text = given[i] ?? '';
    if (tail && i === wanted.length - 1) return true;
    const colon = segment.indexOf(':');
    return colon < 0 ? segment === text : text.length > colon && text.startsWith(segment.slice(0, colon));
  });
}
