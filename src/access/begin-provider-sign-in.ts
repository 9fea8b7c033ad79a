import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { IdentityProtocol, ProviderClient } from './identity-protocol.ts';
import {
  type IdentityProvider,
  type IdentityProviderId,
  type IdentityProviderStore,
  openClientSecret,
} from './identity-provider.ts';
import { flowLifetime, sealFlow } from './provider-flow.ts';

export type BegunSignIn = {
  /** Where the browser goes. */
  readonly url: string;
  /** For its cookie, and nowhere else. */
  readonly flow: string;
};

/** Failures: `identity-provider-not-found` (also one that is disabled), those of `IdentityProtocol`. Nothing is stored. */
export async function beginProviderSignIn(
  deps: {
    readonly clock: Pick<Clock, 'now'>;
    /** The installation's. */
    readonly secret: Uint8Array;
    readonly identityProviders: Pick<IdentityProviderStore, 'get'>;
    readonly protocol: Pick<IdentityProtocol, 'newSecrets' | 'authorizationUrl'>;
  },
  { providerId, redirectUri }: { readonly providerId: IdentityProviderId; readonly redirectUri: string },
): Promise<BegunSignIn> {
  const provider = await expectEnabled(deps.identityProviders, providerId);
  const secrets = deps.protocol.newSecrets();
  const url = await deps.protocol.authorizationUrl(clientOf(deps.secret, provider), { ...secrets, redirectUri });
  const expiresAt = deps.clock.now() + flowLifetime;
  const { version } = provider;
  return { url, flow: sealFlow(deps.secret, { ...secrets, providerId, version, redirectUri, expiresAt }) };
}

/** `installation`: its secret. */
export function clientOf(installation: Uint8Array, provider: IdentityProvider): ProviderClient {
  const { id, version, issuer, clientId, scopes } = provider;
  return { id, version, issuer, clientId, scopes, secret: openClientSecret(installation, provider) };
}

export async function expectEnabled(
  identityProviders: Pick<IdentityProviderStore, 'get'>,
  id: IdentityProviderId,
): Promise<IdentityProvider> {
  const provider = await identityProviders.get(id);
  if (provider?.enabled) return provider;
  const message = 'Nobody signs in by this identity provider any more. Go back to the sign-in page.';
  throw new Failure('not-found', 'identity-provider-not-found', message, { identityProvider: id });
}
