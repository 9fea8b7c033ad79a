/** `/api/v1/identity-providers`, and signing in by one: `/api/v1/session/identity-provider(s)`. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { BegunSignIn } from '../../access/begin-provider-sign-in.ts';
import type { deleteIdentityProvider } from '../../access/delete-identity-provider.ts';
import type { IdentityProvider, IdentityProviderId, IdentityProviderStore } from '../../access/identity-provider.ts';
import { flowLifetime } from '../../access/provider-flow.ts';
import type { saveIdentityProvider } from '../../access/save-identity-provider.ts';
import type { signInByProvider } from '../../access/sign-in-by-provider.ts';
import type { tryIdentityProvider } from '../../access/try-identity-provider.ts';
import type { Bound } from '../../lib/bound.ts';
import { second } from '../../lib/clock.ts';
import { callerOf, causeOf } from '../caller.ts';
import { cookieName, cookieOf, setCookie } from '../cookies.ts';
import { requireSameOrigin } from '../same-origin.ts';
import { requireSecureTransport } from '../secure-transport.ts';
import { placeOf } from '../session-cookie.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { findNamed, nameParam } from './find-named.ts';
import { sendVersion, versionFromIfMatch } from './if-match.ts';
import { list, time } from './list-schema.ts';
import { meSchema } from './me-schema.ts';
import { oneLine, ownName } from './own-name.ts';
import { type Once, postOnce } from './post-once.ts';
import type { ProbeLimit } from './probe-limit.ts';
import { attempt, begin, type SessionUseCases } from './session-routes.ts';

export type IdentityProviderUseCases = {
  readonly identityProviders: Pick<IdentityProviderStore, 'get' | 'findByName' | 'all'>;
  readonly session: SessionUseCases;
  /** What has to be registered with a provider. */
  redirectUris(): readonly string[];
  readonly saveIdentityProvider: Bound<typeof saveIdentityProvider>;
  readonly deleteIdentityProvider: Bound<typeof deleteIdentityProvider>;
  readonly tryIdentityProvider: (provider: IdentityProvider) => ReturnType<typeof tryIdentityProvider>;
  /** `origin`: of the page that asks; null: unknown. */
  beginProviderSignIn(input: {
    readonly providerId: IdentityProviderId;
    readonly origin: string | null;
  }): Promise<BegunSignIn>;
  readonly signInByProvider: Bound<typeof signInByProvider>;
  /** On how often providers are asked by hand. */
  readonly limit: ProbeLimit;
  readonly once: Once;
};

const providerSchema = z
  .object({
    id: z.string(),
    name: z.string().describe('On the button of the sign-in page; unique without regard to case'),
    issuer: z.string(),
    clientId: z.string(),
    hasSecret: z.boolean().describe('False: a public client, which PKCE alone protects'),
    scopes: list(z.string()).describe('Asked for beside `openid`'),
    groupsClaim: z.string().describe('Claim that lists groups, or the way to it with dots between; empty: none'),
    enabled: z.boolean(),
    redirectUris: list(z.string()).describe('Register these with the provider: those at which administrators sign in'),
    version: z.number().int().describe('For If-Match'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'IdentityProvider' });

const params = z.strictObject({ identityProvider: nameParam('Id or exact name') });
const claim = oneLine(z.string().trim().max(200));
const input = z.strictObject({
  name: ownName,
  issuer: z.string().min(1).max(1000).describe('As the provider writes it: `issuer` in its openid-configuration'),
  clientId: oneLine(z.string().trim().min(1).max(400)),
  clientSecret: z
    .string()
    .min(1)
    .max(1000)
    .nullable()
    .optional()
    .describe('Never shown again. null: a public client; left out: as it is'),
  scopes: z.array(z.string().min(1).max(200)).max(50).default(['profile', 'email']),
  groupsClaim: claim.default('groups'),
  enabled: z.boolean().default(true),
});
const tag = 'identity providers';
const flowCookie = 'scepward-sign-in';

export function registerIdentityProviderRoutes(scope: AdminScope, useCases: IdentityProviderUseCases): void {
  scope.get(
    '/identity-providers',
    documented(
      { permission: 'administrators.read', tag, summary: 'List identity providers' },
      { response: { 200: z.object({ items: list(providerSchema), next: z.null() }) } },
    ),
    async () => ({
      items: (await useCases.identityProviders.all()).map((each) => view(useCases, each)),
      next: null,
    }),
  );

  scope.post(
    '/identity-providers',
    documented(
      {
        permission: 'administrators.write',
        tag,
        summary: 'Add an identity provider',
        headers: ['idempotency-key'],
        detail: `Any that speaks OpenID Connect with discovery. ${howItIsAsked}`,
      },
      { body: input, response: { 201: providerSchema } },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 201 }, async (cause) => {
        const { clientSecret = null, ...rest } = request.body;
        const by = callerOf(request);
        const saved = { id: null, version: null, clientSecret, ...rest, by, cause };
        return view(useCases, await useCases.saveIdentityProvider(saved));
      }),
  );

  scope.get(
    '/identity-providers/:identityProvider',
    documented(
      { permission: 'administrators.read', tag, summary: 'Show an identity provider' },
      { params, response: { 200: providerSchema } },
    ),
    async (request, reply) => {
      const found = await findIdentityProvider(useCases, request.params.identityProvider);
      sendVersion(reply, found.version);
      return view(useCases, found);
    },
  );

  scope.put(
    '/identity-providers/:identityProvider',
    documented(
      {
        permission: 'administrators.write',
        tag,
        summary: 'Replace an identity provider',
        headers: ['if-match'],
        detail: `Needs If-Match. ${howItIsAsked} Disabled, or with another issuer, client or claim, it ends the sessions that it vouched for.`,
      },
      { params, body: input, response: { 200: providerSchema } },
    ),
    async (request, reply) => {
      const version = versionFromIfMatch(request);
      const { id } = await findIdentityProvider(useCases, request.params.identityProvider);
      const { clientSecret, ...rest } = request.body;
      const by = callerOf(request);
      const given = { id, version, clientSecret, ...rest, by, cause: causeOf(request) };
      const saved = await useCases.saveIdentityProvider(given);
      sendVersion(reply, saved.version);
      return view(useCases, saved);
    },
  );

  scope.delete(
    '/identity-providers/:identityProvider',
    documented(
      {
        permission: 'administrators.write',
        tag,
        summary: 'Delete an identity provider',
        headers: ['if-match'],
        detail:
          'Sessions that it vouched for end; administrators whom it let in stay. While a role is given to a group of it: 409 `identity-provider-in-use`. If-Match may be left out.',
      },
      { params, response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const version = request.headers['if-match'] === undefined ? null : versionFromIfMatch(request);
      const { id } = await findIdentityProvider(useCases, request.params.identityProvider);
      await useCases.deleteIdentityProvider({ id, version, by: callerOf(request), cause: causeOf(request) });
      reply.code(204);
    },
  );

  scope.post(
    '/identity-providers/:identityProvider/test',
    documented(
      {
        permission: 'administrators.write',
        tag,
        summary: 'Ask an identity provider whether it is there',
        detail:
          'Reads what it publishes, enabled or not. Whether it knows us shows the first sign-in. At most ten a minute.',
      },
      {
        params,
        response: {
          200: z.object({
            answers: z.boolean(),
            problem: z.string().nullable().describe('Why it does not, in words'),
            signsOut: z.boolean().describe('It has a place to sign out as well'),
          }),
        },
      },
    ),
    async (request) => {
      const provider = await findIdentityProvider(useCases, request.params.identityProvider);
      const trial = () => useCases.tryIdentityProvider(provider);
      return useCases.limit.run(causeOf(request).actor.id ?? '', trial);
    },
  );

  scope.get(
    '/session/identity-providers',
    documented(
      { permission: 'public', tag: 'session', summary: 'By which identity providers one can sign in' },
      { response: { 200: z.object({ items: list(z.object({ id: z.string(), name: z.string() })) }) } },
    ),
    async () => {
      const enabled = (await useCases.identityProviders.all()).filter((each) => each.enabled);
      return { items: enabled.map(({ id, name }) => ({ id, name })) };
    },
  );

  scope.post(
    '/session/identity-providers/:identityProvider',
    documented(
      {
        permission: 'public',
        tag: 'session',
        summary: 'Begin to sign in by an identity provider',
        detail:
          'The browser goes to `url`. A cookie keeps what makes this sign-in its own for ten minutes; nothing is stored.',
      },
      {
        params: z.strictObject({ identityProvider: z.string().min(1).max(100).describe('Id') }),
        response: { 200: z.object({ url: z.string() }) },
      },
    ),
    async (request, reply) => {
      requireSecureTransport(request);
      requireSameOrigin(request, useCases.session.ownOrigins());
      await useCases.session.limits.codes.check(request.ip);
      const providerId = request.params.identityProvider as IdentityProviderId;
      const { url, flow } = await useCases.beginProviderSignIn({ providerId, origin: request.headers.origin ?? null });
      setCookie(request, reply, flowCookie, flow, { sameSite: 'Strict', maxAge: flowLifetime / second });
      return { url };
    },
  );

  scope.post(
    '/session/identity-provider',
    documented(
      {
        permission: 'public',
        tag: 'session',
        summary: 'Sign in with what an identity provider answered',
        detail:
          'In the browser that began it, once. Sets the session’s cookie. Who comes for the first time becomes an administrator who may do nothing yet. After too many failures from one network it answers 429 with Retry-After.',
      },
      {
        body: z.strictObject({
          answer: z.string().min(1).max(8192).describe('The query with which the provider sent the browser back'),
        }),
        response: { 200: meSchema },
      },
    ),
    async (request, reply) => {
      const { session } = useCases;
      const given = { flow: flowOf(request), answer: request.body.answer, place: placeOf(request) };
      const started = await attempt(session, request, session.limits.codes, () => useCases.signInByProvider(given));
      setCookie(request, reply, flowCookie, '', { sameSite: 'Strict', maxAge: 0 });
      return begin(session, request, reply, started);
    },
  );
}

const howItIsAsked =
  'Enabled, it is asked first whether it is there. Only by who may do everything: what it says of groups gives roles.';

function flowOf(request: FastifyRequest): string | null {
  return cookieOf(request, cookieName(request, flowCookie));
}

export function findIdentityProvider(
  { identityProviders }: { readonly identityProviders: Pick<IdentityProviderStore, 'get' | 'findByName'> },
  text: string,
): Promise<IdentityProvider> {
  return findNamed<IdentityProvider>(
    {
      noun: 'identity-provider',
      get: (id) => identityProviders.get(id),
      findByName: async (name) => {
        const found = await identityProviders.findByName(name);
        return found === null ? [] : [found];
      },
      describe: ({ id, name, issuer }) => ({ id, name, detail: issuer }),
    },
    text,
  );
}

function view({ redirectUris }: Pick<IdentityProviderUseCases, 'redirectUris'>, provider: IdentityProvider) {
  const { clientSecret, ...shown } = provider;
  return { ...shown, hasSecret: clientSecret !== null, redirectUris: redirectUris() };
}
