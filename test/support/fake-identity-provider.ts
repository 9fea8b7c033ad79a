/** An identity provider on loopback that lies in whatever way it is told to. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Claims = Record<string, unknown>;

export type Lies = {
  /** Laid over the claims of the ID token. */
  readonly claims?: Claims;
  /** Of UserInfo, likewise. */
  readonly userInfo?: Claims;
  /** Laid over what it publishes. */
  readonly published?: Claims;
  /** Signs with a key that it does not publish. */
  readonly foreignKey?: boolean;
  /** The ID token says `none` and is not signed. */
  readonly unsigned?: boolean;
  readonly withoutIdToken?: boolean;
  /** Sends on from its token endpoint. */
  readonly redirects?: string;
};

export type FakeIdentityProvider = AsyncDisposable & {
  readonly issuer: string;
  /** From now on. */
  lie(lies: Lies): void;
  /** Another key than before, published in its place. */
  rotateKeys(): void;
  /** Where a browser comes back to that was sent to this address, having signed in. */
  signIn(url: string): URLSearchParams;
  /** Requests by path. */
  readonly asked: Map<string, number>;
};

export const honestClaims = {
  sub: 'robin-7',
  name: 'Robin Finch',
  email: 'robin@alderfinch.example',
  groups: ['pki-admins', 'everybody'],
} as const;

export const fakeClient = { clientId: 'scepward', clientSecret: 'of the test, and not “plain” %+:' } as const;

type Key = { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };

let keys = 0;
function newKey(): Key {
  return { kid: `key-${++keys}`, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

export async function startFakeIdentityProvider(): Promise<FakeIdentityProvider> {
  let key = newKey();
  let lies: Lies = {};
  const asked = new Map<string, number>();
  const codes = new Map<string, { readonly nonce: string; readonly challenge: string; readonly redirectUri: string }>();
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    let body = '';
    for await (const part of request) body += part;
    if (path === '/.well-known/openid-configuration') return send(response, 200, { ...published(), ...lies.published });
    if (path === '/jwks')
      return send(response, 200, {
        keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: key.kid, alg: 'ES256', use: 'sig' }],
      });
    if (path === '/userinfo') return send(response, 200, { sub: honestClaims.sub, ...lies.userInfo });
    if (path === '/token') return token(response, new URLSearchParams(body), request.headers.authorization ?? '');
    send(response, 404, {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function published(): Claims {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      end_session_endpoint: `${issuer}/logout`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    };
  }

  function token(response: ServerResponse, given: URLSearchParams, authorization: string): void {
    const { status, body, location } = answerTo(given, authorization);
    if (location !== undefined) response.setHeader('location', location);
    send(response, status, body);
  }

  function answerTo(
    given: URLSearchParams,
    authorization: string,
  ): { status: number; body: Claims; location?: string } {
    if (lies.redirects !== undefined) return { status: 307, body: {}, location: lies.redirects };
    const form = (text: string) => new URLSearchParams({ x: text }).toString().slice(2);
    const expected = `${form(fakeClient.clientId)}:${form(fakeClient.clientSecret)}`;
    const sent = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
    const normal = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
    if (normal(sent) !== normal(expected)) return { status: 401, body: { error: 'invalid_client' } };
    const code = codes.get(given.get('code') ?? '');
    codes.delete(given.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(given.get('code_verifier') ?? '')
      .digest('base64url');
    if (code?.challenge !== challenge || code.redirectUri !== given.get('redirect_uri'))
      return { status: 400, body: { error: 'invalid_grant' } };
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...honestClaims,
      iss: issuer,
      aud: fakeClient.clientId,
      nonce: code.nonce,
      iat: now,
      exp: now + 300,
      ...lies.claims,
    };
    const idToken = lies.withoutIdToken ? {} : { id_token: jwt(claims) };
    return { status: 200, body: { access_token: 'access', token_type: 'Bearer', expires_in: 60, ...idToken } };
  }

  function jwt(claims: Claims): string {
    const used = lies.foreignKey ? { ...newKey(), kid: key.kid } : key;
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = lies.unsigned ? { alg: 'none' } : { alg: 'ES256', kid: used.kid };
    const text = `${part(head)}.${part(claims)}`;
    if (lies.unsigned) return `${text}.`;
    const signature = sign('sha256', Buffer.from(text), { key: used.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  }

  return {
    issuer,
    asked,
    lie: (told) => {
      lies = told;
    },
    rotateKeys: () => {
      key = newKey();
    },
    signIn(address) {
      const { searchParams } = new URL(address);
      const get = (name: string) => searchParams.get(name) ?? '';
      const code = createHash('sha256').update(address).digest('hex');
      codes.set(code, {
        nonce: get('nonce'),
        challenge: get('code_challenge'),
        redirectUri: get('redirect_uri'),
      });
      return new URLSearchParams({ code, state: get('state') });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, status: number, body: Claims): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
