import type { FastifyReply, FastifyRequest } from 'fastify';
import { userAgentText } from '../access/session.ts';
import type { SignInPlace } from '../access/start-session.ts';
import { clientNetwork } from './client-network.ts';
import { cookieName, cookieOf, setCookie } from './cookies.ts';

const name = 'scepward';
const form = /^[\w-]{43}$/;

/** A session's secret; null: the request carries none. */
export function sessionSecretOf(request: FastifyRequest): string | null {
  const value = cookieOf(request, cookieName(request, name));
  return value !== null && form.test(value) ? value : null;
}

/** It goes with the browser; the server ends it before, by its own clock. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, secret: string): void {
  setCookie(request, reply, name, secret, { sameSite: 'Strict', maxAge: null });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  setCookie(request, reply, name, '', { sameSite: 'Strict', maxAge: 0 });
}

export function placeOf(request: FastifyRequest): SignInPlace {
  return {
    address: request.ip,
    network: clientNetwork(request.ip),
    userAgent: userAgentText(request.headers['user-agent']),
    requestId: request.id,
  };
}
