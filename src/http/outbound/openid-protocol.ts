/**
 * OpenID Connect by `openid-client`: read when somebody first signs in by a provider, so that a server whose administrators
 * do not pays nothing for it. What a provider says of itself is remembered for some minutes; its keys are read anew at every
 * sign-in, so that those that it changed count at once.
 */
import type * as OpenidClient from 'openid-client';
import type { Claims, FlowSecrets, IdentityProtocol, ProviderClient } from '../../access/identity-protocol.ts';
import { toBase64Url } from '../../lib/bytes.ts';
import { type Clock, minute } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import { randomBytes } from '../../lib/random.ts';
import { judgedFetch } from './judged-fetch.ts';
import { type LookupOptions, Refused } from './judged-lookup.ts';

/** `privateAddresses`: `SCEPWARD_OIDC_PRIVATE=allow`. */
export type OpenidProtocolOptions = LookupOptions & { readonly clock: Pick<Clock, 'now'> };

const remembered = 5 * minute;
/** Seconds by which clocks may differ. */
const tolerance = 60;

type Library = typeof OpenidClient;
type Flow = FlowSecrets & { readonly redirectUri: string };

export function openidProtocol(options: OpenidProtocolOptions): IdentityProtocol {
  const fetch = judgedFetch(options);
  const known = new Map<string, { readonly until: number; readonly metadata: OpenidClient.ServerMetadata }>();
  const load = () => import('openid-client');

  async function metadataOf(library: Library, client: ProviderClient, anew: boolean) {
    const key = `${client.id} ${client.version}`;
    const found = anew ? undefined : known.get(key);
    if (found !== undefined && found.until > options.clock.now()) return found.metadata;
    const discovered = await library.discovery(new URL(client.issuer), client.clientId, undefined, undefined, {
      [library.customFetch]: fetch as OpenidClient.CustomFetch,
      // Whether it may is for `judgedFetch` to say: to private networks that are allowed alone.
      execute: [library.allowInsecureRequests],
      timeout: 10,
    });
    const metadata = discovered.serverMetadata();
    if (metadata.issuer !== client.issuer) throw otherIssuer(client, metadata.issuer);
    if (metadata.authorization_endpoint === undefined || metadata.token_endpoint === undefined)
      throw answerFailure('endpoints-missing', `What ${client.issuer} publishes names no place to sign in.`);
    if (known.size > 100) known.clear();
    known.set(key, { until: options.clock.now() + remembered, metadata });
    return metadata;
  }

  async function configured(client: ProviderClient, anew = false) {
    const library = await load();
    const metadata = await metadataOf(library, client, anew);
    const settings = { [library.clockTolerance]: tolerance };
    const plain = structuredClone(JSON.parse(JSON.stringify(metadata))) as OpenidClient.ServerMetadata;
    const config = new library.Configuration(plain, client.clientId, settings, authOf(library, client, metadata));
    config[library.customFetch] = fetch as OpenidClient.CustomFetch;
    config.timeout = 10;
    library.allowInsecureRequests(config);
    library.enableNonRepudiationChecks(config);
    return { library, config, metadata };
  }

  return {
    discover: (client) =>
      told(client, async () => {
        const { metadata } = await configured(client, true);
        return { signsOut: metadata.end_session_endpoint !== undefined };
      }),
    newSecrets: () => ({ state: randomText(), nonce: randomText(), verifier: randomText() }),
    authorizationUrl: (client, flow) =>
      told(client, async () => {
        const { library, config } = await configured(client);
        const url = library.buildAuthorizationUrl(config, {
          redirect_uri: flow.redirectUri,
          scope: ['openid', ...client.scopes].join(' '),
          state: flow.state,
          nonce: flow.nonce,
          code_challenge: await library.calculatePKCECodeChallenge(flow.verifier),
          code_challenge_method: 'S256',
        });
        return url.href;
      }),
    redeem: (client, flow, answer) =>
      told(client, async () => {
        const { library, config, metadata } = await configured(client);
        const url = new URL(flow.redirectUri);
        url.search = answer;
        const tokens = await library.authorizationCodeGrant(config, url, checksOf(flow));
        const claims = tokens.claims();
        if (claims === undefined) throw answerFailure('id-token-missing', 'It sent no ID token.');
        if (metadata.userinfo_endpoint === undefined) return claims;
        const more: Claims = await library.fetchUserInfo(config, tokens.access_token, claims.sub);
        return { ...more, ...claims };
      }),
    async signOutUrl(client) {
      try {
        const { library, config, metadata } = await configured(client);
        return metadata.end_session_endpoint === undefined ? null : library.buildEndSessionUrl(config, {}).href;
      } catch {
        // Signing out here must not depend on it.
        return null;
      }
    },
  };
}

function checksOf({ state, nonce, verifier }: Flow) {
  return { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
}

/** As the provider takes it; without a word from it, `client_secret_basic` (OpenID Connect Discovery 1.0 §3). */
function authOf(library: Library, { secret }: ProviderClient, metadata: OpenidClient.ServerMetadata) {
  if (secret === null) return library.None();
  const taken = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return taken.includes('client_secret_basic') ? library.ClientSecretBasic(secret) : library.ClientSecretPost(secret);
}

/** 256 bits. */
function randomText(): string {
  return toBase64Url(randomBytes(32));
}

/** Whatever goes wrong with a provider, as one of our own failures. What it sent itself stands in none of them but for short codes. */
async function told<T>(client: ProviderClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error, client);
  }
}

function failureOf(error: unknown, { issuer }: ProviderClient): Failure {
  if (error instanceof Failure) return error;
  const refused = causes(error).find((each) => each instanceof Refused);
  if (refused !== undefined) return addressFailure(refused, issuer);
  const { code, error: said } = error as { readonly code?: unknown; readonly error?: unknown };
  if (code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR' || code === 'OAUTH_RESPONSE_BODY_ERROR')
    return refusedFailure(shortCode(said), issuer, code === 'OAUTH_RESPONSE_BODY_ERROR');
  if (typeof code === 'string' && code.startsWith('OAUTH_') && code !== 'OAUTH_TIMEOUT' && code !== 'OAUTH_ABORT')
    return protocolFailure(code, claimOf(error), issuer);
  const reason = networkReason(error) ?? 'unreachable';
  return new Failure(
    'unavailable',
    'provider-away',
    `The identity provider at ${originOf(issuer)} does not answer (${reason}). Check its address, or try again later; until then sign in in another way.`,
    { reason, retryAfter: 10 },
    { cause: error },
  );
}

function addressFailure({ trouble }: Refused, issuer: string): Failure {
  const texts = {
    'address-refused': `${originOf(issuer)} is this machine, a private network or an address that is never called. Private ones are called only where the server runs with SCEPWARD_OIDC_PRIVATE=allow.`,
    'https-required': `${originOf(issuer)} is called by https only: what is sent there is secret.`,
    'name-unknown': `The name in ${originOf(issuer)}, or in an address that the provider publishes, stands for nothing.`,
  };
  if (trouble === 'name-unknown')
    return new Failure('unavailable', 'provider-away', texts[trouble], { reason: trouble, retryAfter: 60 });
  return new Failure('invalid', 'provider-address-refused', texts[trouble], { reason: trouble, field: 'issuer' });
}

/** It said no: to the person (at its own pages), or to us (at the token endpoint). */
function refusedFailure(reason: string, issuer: string, toUs: boolean): Failure {
  const origin = originOf(issuer);
  if (reason === 'access_denied' || reason === 'login_required')
    return new Failure(
      'unauthenticated',
      'provider-refused',
      `You did not sign in at ${origin}, or it did not let you in.`,
      {
        reason: 'access_denied',
      },
    );
  const mend = toUs
    ? reason === 'invalid_client'
      ? 'Its client id or client secret is another one: an administrator has to mend that in the settings of the provider.'
      : 'Begin again on the sign-in page.'
    : 'An administrator has to mend the settings of the application at the provider: its redirect address and scopes.';
  return new Failure('unauthenticated', 'provider-refused', `${origin} refused the sign-in (${reason}). ${mend}`, {
    reason,
  });
}

function protocolFailure(code: string, claim: string, issuer: string): Failure {
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED')
    return answerFailure(
      'clock-differs',
      `The clocks of this server and of ${originOf(issuer)} differ by more than ${tolerance} s, or its answer is an old one. Set the clocks by NTP and sign in again.`,
    );
  if (code === 'OAUTH_KEY_SELECTION_FAILED')
    return answerFailure('key-unknown', `The answer is signed with a key that ${originOf(issuer)} does not publish.`);
  if (code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' && claim === 'issuer')
    return answerFailure('issuer-differs', `What is published at ${issuer} says that it is somebody else’s.`);
  const reasons: Readonly<Record<string, string>> = {
    aud: 'It is meant for another application (aud).',
    azp: 'It is meant for another application (azp).',
    nonce: 'It belongs to another sign-in (nonce).',
    iss: 'It comes from somebody else (iss).',
    sub: 'It is about somebody else (sub).',
  };
  const reason =
    claim === ''
      ? shortCode(
          code
            .replace(/^OAUTH_/, '')
            .toLowerCase()
            .replaceAll('_', '-'),
        )
      : claim;
  return answerFailure(reason, reasons[claim] ?? `It does not hold (${reason}).`);
}

function otherIssuer({ issuer }: ProviderClient, found: string): Failure {
  const said = found.length <= 300 ? ` Write it as the provider does: ${found}` : '';
  const message = `The issuer is compared to the letter, and what ${originOf(issuer)} publishes differs from ${issuer}.${said}`;
  return new Failure('invalid', 'issuer-differs', message, { field: 'issuer', reason: 'issuer-differs' });
}

function answerFailure(reason: string, detail: string): Failure {
  const message = `What the identity provider answered cannot be trusted, so nobody was signed in. ${detail}`;
  return new Failure('unauthenticated', 'provider-answer', message, { reason });
}

function originOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).origin : issuer;
}

/** What somebody else sends may be anything: what is no short word stands nowhere. */
function shortCode(value: unknown): string {
  return typeof value === 'string' && /^[\w.-]{1,60}$/.test(value) ? value : '';
}

/** Which claim or member of an answer did not hold; empty: none in particular. */
function claimOf(error: unknown): string {
  for (const { cause } of causes(error)) {
    const { claim, attribute } = (cause ?? {}) as { readonly claim?: unknown; readonly attribute?: unknown };
    const named = shortCode(claim) || shortCode(attribute);
    if (named !== '') return named;
  }
  return '';
}

function causes(error: unknown): Error[] {
  const found: Error[] = [];
  for (let each = error; each instanceof Error && found.length < 10; each = each.cause) found.push(each);
  return found;
}

function networkReason(error: unknown): string | null {
  for (const each of causes(error)) {
    const { code, name } = each as NodeJS.ErrnoException;
    if (name === 'TimeoutError' || name === 'AbortError' || code === 'OAUTH_TIMEOUT') return 'too-slow';
    if (typeof code === 'string' && /^(EPROTO|ERR_SSL|ERR_TLS|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(code))
      return 'tls-failed';
    if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return code.toLowerCase();
  }
  return null;
}
