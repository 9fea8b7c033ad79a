/**
 * That a request with a cookie comes from our own pages and not from somebody else's: browsers say so, in headers that no page
 * can set. Requests with a bearer token need none of it: no browser adds one by itself.
 */
import type { FastifyRequest } from 'fastify';
import { Failure } from '../lib/failure.ts';

/** What our pages send with whatever changes something. Another site's page cannot, without asking us first (CORS). */
export const requestHeader = 'x-scepward-request';

const harmless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Failures `forbidden`: `cross-site-request`, `request-header-missing`. */
export function requireOwnPage(request: FastifyRequest, ownOrigins: readonly string[]): void {
  requireSameOrigin(request, ownOrigins);
  if (harmless.has(request.method) || request.headers[requestHeader] !== undefined) return;
  throw new Failure(
    'forbidden',
    'request-header-missing',
    `A request that changes something with a session’s cookie carries the header ${requestHeader}: 1.`,
    { header: requestHeader },
  );
}

/** What is no browser says nothing of where it comes from, and has no cookie that it was not given. Failure `cross-site-request`. */
export function requireSameOrigin(request: FastifyRequest, ownOrigins: readonly string[]): void {
  const site = request.headers['sec-fetch-site'];
  // `none`: typed into the address bar.
  const fromElsewhere = site !== undefined && site !== 'same-origin' && site !== 'none';
  const { origin } = request.headers;
  if (!fromElsewhere && (origin === undefined || isOwn(request, origin, ownOrigins))) return;
  const message = `Only Scepward’s own pages may ask this. If this is one: the proxy in front must pass on the Host header, or be named in SCEPWARD_TRUSTED_PROXIES.`;
  throw new Failure('forbidden', 'cross-site-request', message);
}

function isOwn(request: FastifyRequest, origin: string, ownOrigins: readonly string[]): boolean {
  const here = `${request.protocol}://${request.host}`;
  return ownOrigins.includes(origin) || (URL.canParse(here) && new URL(here).origin === origin);
}
