/** Who sent a request, once `authorize` has found out: what use cases take as the cause of what they write. */
import type { FastifyRequest } from 'fastify';
import type { Actor, Cause } from '../events/event.ts';

const callers = new WeakMap<FastifyRequest, Actor>();

export function setCaller(request: FastifyRequest, actor: Actor): void {
  callers.set(request, actor);
}

/** On a route that is not `public` there always is one. */
export function causeOf(request: FastifyRequest): Cause {
  const actor = callers.get(request) ?? { kind: 'client', id: null, name: request.ip };
  return { actor, requestId: request.id };
}
