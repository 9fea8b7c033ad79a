import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignedIn } from '../access/authenticate-session.ts';
import type { Permission } from '../access/permission.ts';
import { authorize, type Principal } from '../access/principal.ts';
import { Failure } from '../lib/failure.ts';
import { setCaller, setSignedIn } from './caller.ts';
import { carriedOutAs } from './carried-out.ts';
import type { DeviceAuthorization } from './device/device-authorization.ts';
import { requireOwnPage } from './same-origin.ts';
import { requireSecureTransport } from './secure-transport.ts';
import type { Authorize } from './server.ts';
import { sessionSecretOf, setSessionCookie } from './session-cookie.ts';

const bearer = /^Bearer +([\w.~+/=-]{1,128})$/i;

export type AuthorizeDeps = {
  authenticateToken(secret: string | null): Promise<Principal>;
  authenticateSession(input: {
    readonly secret: string;
    readonly address: string;
    readonly requestId: string;
  }): Promise<SignedIn>;
  readonly devices: Pick<DeviceAuthorization, 'authorize'>;
  /** Scheme, host and port of our own pages, as far as they are known; where a request arrived counts anyway. */
  ownOrigins(): readonly string[];
};

/**
 * The one place where a route's permission meets the caller: `device` asks for a device's credential, `session` for an
 * administrator's session, every other permission for an API token or a session that holds it.
 */
export function createAuthorize(deps: AuthorizeDeps): Authorize {
  return async (permission, request, reply) => {
    if (permission === 'device') return deps.devices.authorize(request);
    const ourselves = carriedOutAs();
    if (ourselves !== null && permission !== 'session') {
      if (permission !== 'token') authorize(ourselves, permission);
      return setCaller(request, ourselves);
    }
    requireSecureTransport(request);
    const principal = await principalOf(deps, permission, request, reply);
    if (permission !== 'token' && permission !== 'session') authorize(principal, permission);
    setCaller(request, principal);
  };
}

/** Who sends a token is not asked for a cookie: a script that runs in a browser's place means its token. */
async function principalOf(
  deps: AuthorizeDeps,
  permission: Permission,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Principal> {
  const secret = request.headers.authorization === undefined ? sessionSecretOf(request) : null;
  if (secret !== null) {
    requireOwnPage(request, deps.ownOrigins());
    const signedIn = await deps.authenticateSession({ secret, address: request.ip, requestId: request.id });
    if (signedIn.renewed !== null) setSessionCookie(request, reply, signedIn.renewed);
    setSignedIn(request, signedIn);
    return signedIn.principal;
  }
  const principal = await deps.authenticateToken(bearer.exec(request.headers.authorization ?? '')?.[1] ?? null);
  if (permission !== 'session') return principal;
  throw new Failure(
    'forbidden',
    'session-needed',
    'This is for administrators who have signed in; an API token has no session.',
  );
}
