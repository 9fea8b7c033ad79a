/** Who sent a request, once `authorize` has found out: what use cases take as the cause of what they write. */
import type { FastifyRequest } from 'fastify';
import type { SignedIn } from '../access/authenticate-session.ts';
import type { GrantedPermission } from '../access/permission.ts';
import { authorize, type Principal, scopesOf } from '../access/principal.ts';
import { seesEverything, type Viewer, viewerNow } from '../access/viewing.ts';
import type { Actor, Cause } from '../events/event.ts';
import { Failure } from '../lib/failure.ts';

const callers = new WeakMap<FastifyRequest, Principal>();

export function setCaller(request: FastifyRequest, principal: Principal): void {
  callers.set(request, principal);
}

/** On every route of the administration API that is not `public` there is one. */
export function callerOf(request: FastifyRequest): Principal {
  const principal = callers.get(request);
  if (principal === undefined) throw new Error(`${request.url} was not authorised.`);
  return principal;
}

const sessions = new WeakMap<FastifyRequest, SignedIn>();

export function setSignedIn(request: FastifyRequest, signedIn: SignedIn): void {
  sessions.set(request, signedIn);
}

/** Null for who sends an API token. On a route with the permission `session` there is one: `expectSignedIn`. */
export function signedInOf(request: FastifyRequest): SignedIn | null {
  return sessions.get(request) ?? null;
}

export function expectSignedIn(request: FastifyRequest): SignedIn {
  const signedIn = sessions.get(request);
  if (signedIn === undefined) throw new Error(`${request.url} was not authorised by a session.`);
  return signedIn;
}

export function causeOf(request: FastifyRequest): Cause {
  const principal = callers.get(request);
  const actor: Actor =
    principal === undefined
      ? { kind: 'client', id: null, name: request.ip }
      : { kind: principal.kind, id: principal.id, name: principal.name, address: request.ip };
  return { actor, requestId: request.id };
}

/** What a request asks for beyond its route's permission. Failure `forbidden`. */
export function demand(request: FastifyRequest, permission: GrantedPermission): void {
  authorize(callerOf(request), permission);
}

/** Who looks while the request is answered, by the permission of its route; null: nobody who is known. */
export function viewerOf(request: FastifyRequest): Viewer | null {
  const permission = request.routeOptions.config?.permission;
  const principal = callers.get(request);
  if (principal === undefined || permission === undefined) return null;
  if (permission === 'public' || permission === 'device') return null;
  const anyOf = permission === 'token' || permission === 'session';
  const scopes = anyOf ? principal.grants.map(({ scope }) => scope) : scopesOf(principal, permission);
  return { id: principal.id, scopes, assigns: scopesOf(principal, 'profiles.assign') };
}

/** Failure `limited-by-scope-tags`: `what` concerns more than a caller within scope tags may see. */
export function demandEverything(what: string): void {
  if (seesEverything(viewerNow())) return;
  throw new Failure(
    'forbidden',
    'limited-by-scope-tags',
    `${what} concerns everything. You are limited by scope tags.`,
  );
}
