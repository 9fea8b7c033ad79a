import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Filters = Readonly<Record<string, string | undefined>>;

/** What the address bar holds. Typing in a search box replaces the entry of the history, choosing adds one. */
export function useFilters(): readonly [Filters, (changes: Filters, how?: { readonly replace?: boolean }) => void] {
  const filters = useSearch({ strict: false }) as Filters;
  const navigate = useNavigate();
  const change = useCallback(
    (changes: Filters, { replace = false } = {}) => {
      const merge = (before: Filters) =>
        Object.fromEntries(
          Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined && value !== ''),
        );
      // The router's types know no addresses that it was not told of.
      return void navigate({ to: '.', search: merge as never, replace });
    },
    [navigate],
  );
  return [filters, change];
}
