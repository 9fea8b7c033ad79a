/** Sign-in by OpenID Connect: providers, and the way there and back. */
import { beginProviderSignIn, clientOf } from '../access/begin-provider-sign-in.ts';
import { deleteIdentityProvider } from '../access/delete-identity-provider.ts';
import type { IdentityProtocol } from '../access/identity-protocol.ts';
import type { IdentityProviderId } from '../access/identity-provider.ts';
import { knowPerson } from '../access/know-person.ts';
import { saveIdentityProvider } from '../access/save-identity-provider.ts';
import { signInByProvider } from '../access/sign-in-by-provider.ts';
import type { startSession } from '../access/start-session.ts';
import { tryIdentityProvider } from '../access/try-identity-provider.ts';
import type { IdentityProviderUseCases } from '../http/admin/identity-provider-routes.ts';
import { probeLimit } from '../http/admin/probe-limit.ts';
import type { SessionUseCases } from '../http/admin/session-routes.ts';
import type { Bound } from '../lib/bound.ts';
import type { Foundation } from './foundation.ts';

/** Where providers send browsers back to: a page of the console. */
const returnPath = '/sign-in/return';

export function composeIdentityProviders(
  foundation: Foundation,
  access: {
    readonly protocol: IdentityProtocol;
    readonly session: SessionUseCases;
    readonly startSession: Bound<typeof startSession>;
  },
): Omit<IdentityProviderUseCases, 'once'> {
  const { store, clock, secret } = foundation;
  const { protocol } = access;
  const ports = { ...store, clock, secret, protocol };
  const verbs = {
    startSession: access.startSession,
    knowPerson: ((input) => knowPerson(ports, input)) satisfies Bound<typeof knowPerson>,
  };
  const redirectUris = () => [...new Set(access.session.ownOrigins())].map((origin) => `${origin}${returnPath}`);
  return {
    ...store,
    session: access.session,
    redirectUris,
    saveIdentityProvider: (input) => saveIdentityProvider(ports, input),
    deleteIdentityProvider: (input) => deleteIdentityProvider(ports, input),
    tryIdentityProvider: (provider) => tryIdentityProvider(ports, provider),
    limit: probeLimit(),
    beginProviderSignIn: ({ providerId, origin }) => {
      const redirectUri = `${origin ?? new URL(redirectUris()[0] ?? '').origin}${returnPath}`;
      return beginProviderSignIn(ports, { providerId, redirectUri });
    },
    signInByProvider: (input) => signInByProvider({ ...ports, verbs }, input),
  };
}

/** Where an administrator whom a provider vouched for signs out of it as well; null: nowhere. */
export async function providerSignOut(
  { store, secret }: Pick<Foundation, 'store' | 'secret'>,
  protocol: Pick<IdentityProtocol, 'signOutUrl'>,
  providerId: string | null,
): Promise<string | null> {
  const provider = await store.identityProviders.get((providerId ?? '') as IdentityProviderId);
  return provider?.enabled ? protocol.signOutUrl(clientOf(secret, provider)) : null;
}
