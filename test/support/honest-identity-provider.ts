/** `oidc-provider`, certified by the OpenID Foundation, in this process: people sign in there without being asked for a password. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The library has no types of its own; what is used of it. */
type Grant = { addOIDCScope(scope: string): void; save(): Promise<string> };
type Context = {
  readonly oidc: {
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
    readonly provider: { readonly Grant: new (of: { clientId: string; accountId: string }) => Grant };
  };
};
type Provider = {
  callback(): (request: unknown, response: unknown) => void;
  interactionFinished(request: unknown, response: unknown, result: object, options: object): Promise<void>;
};
type ProviderModule = { readonly default: new (issuer: string, configuration: object) => Provider };

export type HonestIdentityProvider = AsyncDisposable & {
  readonly issuer: string;
  /** Who signs in next: the subject, and what is known of them. */
  next(sub: string, claims: Readonly<Record<string, unknown>>): void;
};

export const honestClient = { clientId: 'scepward', clientSecret: 'only for tests, and long enough' } as const;

export async function startHonestIdentityProvider(
  redirectUris: readonly string[],
  port = 0,
): Promise<HonestIdentityProvider> {
  const people = new Map<string, Readonly<Record<string, unknown>>>();
  let next = '';
  let provider: Provider | undefined;
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/'))
      void provider?.interactionFinished(
        request,
        response,
        { login: { accountId: next }, consent: {} },
        { mergeWithLastSubmission: false },
      );
    else provider?.callback()(request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { default: Library } = (await import('oidc-provider' as string)) as ProviderModule;
  provider = new Library(issuer, {
    clients: [
      {
        client_id: honestClient.clientId,
        client_secret: honestClient.clientSecret,
        redirect_uris: redirectUris,
        token_endpoint_auth_method: 'client_secret_basic',
        // For HTTP on this machine.
        application_type: 'native',
      },
    ],
    cookies: { keys: ['of a test'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'], groups: ['groups'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: async (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: async () => ({ sub, ...people.get(sub) }),
    }),
    loadExistingGrant: async ({ oidc }: Context) => {
      const { client, session } = oidc;
      const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile email groups');
      await grant.save();
      return grant;
    },
  });
  return {
    issuer,
    next(sub, claims) {
      people.set(sub, claims);
      next = sub;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
