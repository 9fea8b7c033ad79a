/** Who is signed in, what they may do, and whether the server still knows them. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import type { Answer } from './call.ts';
import { call } from './call.ts';
import { sessionState } from './connection.ts';
import { forgetEarly } from './early.ts';
import { Problem } from './problem.ts';
import { keyOf, queryClient } from './queries.ts';
import { useStore } from './store.ts';

export type Me = Answer<'GET /api/v1/me'>;
export type SetUpState = Answer<'GET /api/v1/setup'>;

/** `me`: undefined until it is known, and when nobody is signed in. `setUp`: known only then. */
export function useSession(): { readonly me: Me | undefined; readonly setUp: SetUpState | undefined } {
  const me = useQuery({ queryKey: keyOf('GET /api/v1/me'), queryFn: readMe, staleTime: 5 * 60_000 });
  const nobody = me.data === null;
  const setUp = useQuery({
    queryKey: keyOf('GET /api/v1/setup'),
    queryFn: () => call('GET /api/v1/setup'),
    enabled: nobody,
  });
  useEffect(() => {
    if (me.data) sessionState.set('open');
    else if (nobody && setUp.data !== undefined && sessionState.get() !== 'expired') sessionState.set('none');
  }, [me.data, nobody, setUp.data]);
  const expired = useStore(sessionState) === 'expired';
  if (me.data) lastKnown = me.data;
  // The page behind the dialog that asks to sign in again stays as it is, with all that was typed.
  const known = me.data ?? (expired ? lastKnown : undefined);
  return { me: known, setUp: nobody && !expired ? setUp.data : undefined };
}

let lastKnown: Me | undefined;

async function readMe({ signal }: { readonly signal: AbortSignal }): Promise<Me | null> {
  try {
    return await call('GET /api/v1/me', {}, { signal });
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

/** Whether the caller holds a permission anywhere. What exactly may be seen is the server's to say. */
export function useMay(): (permission: string) => boolean {
  const { me } = useSession();
  return useCallback(
    (permission) =>
      me !== undefined && (me.permissions === 'all' || (me.permissions as readonly string[]).includes(permission)),
    [me],
  );
}

/** After any way of signing in: what was refused meanwhile is asked again. */
export async function signedIn(me: Me): Promise<void> {
  forgetEarly();
  queryClient.setQueryData(keyOf('GET /api/v1/me'), me);
  sessionState.set('open');
  await queryClient.invalidateQueries();
}

/** Leaves nothing of what was read in this browser. */
export async function signOut(): Promise<void> {
  const signOutUrl = await call('DELETE /api/v1/session').then(
    (answer) => answer.signOutUrl,
    (error: unknown) => {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    },
  );
  queryClient.clear();
  location.assign(signOutUrl ?? '/');
}
