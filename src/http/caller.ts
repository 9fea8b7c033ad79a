/** Who sent a request, once `authorize` has found out: what use cases take as the cause of what they write. */
import type { FastifyRequest } from 'fastify';
import type { ApiToken } from '../access/api-token.ts';
import { authorize } from '../access/authenticate.ts';
import type { GrantedPermission } from '../access/permission.ts';
import type { Actor, Cause } from '../events/event.ts';

const callers = new WeakMap<FastifyRequest, ApiToken>();

export function setCaller(request: FastifyRequest, token: ApiToken): void {
  callers.set(request, token);
}

/** On a route that is not `public` there always is one. */
export function causeOf(request: FastifyRequest): Cause {
  const token = callers.get(request);
  const actor: Actor =
    token === undefined
      ? { kind: 'client', id: null, name: request.ip }
      : { kind: 'token', id: token.id, name: token.name, address: request.ip };
  return { actor, requestId: request.id };
}

/** What a request asks for beyond its route's permission. Failure `forbidden`. */
export function demand(request: FastifyRequest, permission: GrantedPermission): void {
  const token = callers.get(request);
  if (token === undefined) throw new Error(`${request.url} was not authorised by a token.`);
  authorize(token, permission);
}
