/** Who is signed in, what they may do, and whether the server still knows them. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { call } from './call.ts';
import { sessionState } from './connection.ts';
import { Problem } from './problem.ts';
import { queryClient } from './queries.ts';

/** Until its route has landed. */
export type Me = {
  readonly name: string;
  readonly signInName: string | null;
  readonly permissions: 'all' | readonly string[];
};
type Soon = (route: string, input?: object, options?: object) => Promise<never>;
const soon = call as unknown as Soon;

const meKey = ['/api/v1/me', {}] as const;
const setupKey = ['/api/v1/setup', {}] as const;

/** `me`: undefined until it is known, and when nobody is signed in. */
export function useSession(): { readonly me: Me | undefined; readonly firstRun: boolean } {
  const me = useQuery({ queryKey: meKey, queryFn: readMe, staleTime: 5 * 60_000 });
  const nobody = me.data === null;
  const setup = useQuery({
    queryKey: setupKey,
    queryFn: (): Promise<{ readonly needed: boolean }> => soon('GET /api/v1/setup'),
    enabled: nobody,
  });
  useEffect(() => {
    if (me.data) sessionState.set('open');
    else if (nobody && setup.data !== undefined && sessionState.get() !== 'expired') sessionState.set('none');
  }, [me.data, nobody, setup.data]);
  return { me: me.data ?? undefined, firstRun: nobody && setup.data?.needed === true };
}

async function readMe({ signal }: { readonly signal: AbortSignal }): Promise<Me | null> {
  try {
    return await soon('GET /api/v1/me', {}, { signal });
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

/** Whether the caller holds a permission anywhere. What exactly may be seen is the server's to say. */
export function useMay(): (permission: string) => boolean {
  const { me } = useSession();
  return useCallback(
    (permission) => me !== undefined && (me.permissions === 'all' || me.permissions.includes(permission)),
    [me],
  );
}

export async function signIn(name: string, password: string): Promise<void> {
  await soon('POST /api/v1/session', { body: { signInName: name, password } });
  await signedIn();
}

/** After any way of signing in: what was refused meanwhile is asked again. */
export async function signedIn(): Promise<void> {
  sessionState.set('open');
  await queryClient.invalidateQueries();
}

/** Leaves nothing of what was read in this browser. */
export async function signOut(): Promise<void> {
  await soon('DELETE /api/v1/session').catch((error: unknown) => {
    if (!(error instanceof Problem && error.status === 401)) throw error;
  });
  sessionState.set('unknown');
  queryClient.clear();
  location.assign('/');
}
