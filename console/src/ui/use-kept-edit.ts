import { useCallback, useEffect, useState } from 'react';
import { same } from './three-way.ts';

const prefix = 'scepward.edit.';

type Kept<Value> = {
  /** As it was when the edit began, and its ETag: whoever saves compares with that. */
  readonly before: Value;
  readonly etag: string | null;
  readonly value: Value;
};

export type KeptEdit<Value> = Kept<Value> & {
  readonly unsaved: boolean;
  /** Grows when `value` was put in from outside: forms begin anew with it. */
  readonly revision: number;
  readonly change: (value: Value) => void;
  /** Somebody else's is what the edit is compared with from now on. */
  readonly rebase: (value: Value, theirs: { readonly value: Value; readonly etag: string | null }) => void;
  readonly forget: () => void;
};

/**
 * What is being edited, together with what it was edited from: both outlive a reload of the tab, so that nothing is
 * overwritten unseen afterwards. `read`: as the server has it; undefined until it is known. Not for secrets.
 */
export function useKeptEdit<Value>(
  name: string,
  read: { readonly value: Value; readonly etag: string | null } | undefined,
): KeptEdit<Value> | undefined {
  const key = `${prefix}${name}`;
  const [kept, setKept] = useState<Kept<Value> | undefined>(() => stored(key));
  const [revision, setRevision] = useState(0);
  useEffect(() => {
    if (kept === undefined && read !== undefined) setKept({ before: read.value, etag: read.etag, value: read.value });
  }, [kept, read]);
  const put = useCallback(
    (next: Kept<Value>) => {
      setKept(next);
      if (same(next.before, next.value)) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify(next));
    },
    [key],
  );
  if (kept === undefined) return undefined;
  return {
    ...kept,
    revision,
    unsaved: !same(kept.before, kept.value),
    change: (value) => put({ ...kept, value }),
    rebase(value, theirs) {
      put({ before: theirs.value, etag: theirs.etag, value });
      setRevision(revision + 1);
    },
    forget: () => sessionStorage.removeItem(key),
  };
}

function stored<Value>(key: string): Kept<Value> | undefined {
  const text = sessionStorage.getItem(key);
  return text === null ? undefined : (JSON.parse(text) as Kept<Value>);
}
