import type { IdentityProvider } from './identity-provider.ts';

/** A provider with its client secret opened. */
export type ProviderClient = Pick<IdentityProvider, 'id' | 'version' | 'issuer' | 'clientId' | 'scopes'> & {
  readonly secret: string | null;
};

/** What makes one sign-in this one, and no other: kept by the browser that began it. */
export type FlowSecrets = {
  readonly state: string;
  readonly nonce: string;
  /** PKCE (RFC 7636). */
  readonly verifier: string;
};

export type Claims = Readonly<Record<string, unknown>>;

/**
 * Speaks OpenID Connect with a provider: discovery, authorization code with PKCE, everything about the ID token checked,
 * signature included. All fail with `Failure`s: `provider-away` (of kind `unavailable`), `provider-refused` (it says no),
 * `provider-answer` (what it says does not hold: another issuer, audience, nonce or state, a signature by no key of its own, a
 * clock that differs), each with `params.reason`.
 */
export type IdentityProtocol = {
  /** Reads what the provider says of itself, anew. */
  discover(client: ProviderClient): Promise<{ readonly signsOut: boolean }>;
  newSecrets(): FlowSecrets;
  authorizationUrl(client: ProviderClient, flow: FlowSecrets & { readonly redirectUri: string }): Promise<string>;
  /** `answer`: the query with which the provider sent the browser back. Of the ID token, and of UserInfo where there is one. */
  redeem(client: ProviderClient, flow: FlowSecrets & { readonly redirectUri: string }, answer: string): Promise<Claims>;
  /** Where to go to end the provider's own session; null: it has no such place, or does not answer now. */
  signOutUrl(client: ProviderClient): Promise<string | null>;
};
