import type { FastifyRequest } from 'fastify';
import { authorize, type Principal } from '../access/principal.ts';
import { setCaller } from './caller.ts';
import type { DeviceAuthorization } from './device/device-authorization.ts';
import { requireSecureTransport } from './secure-transport.ts';
import type { Authorize } from './server.ts';

const bearer = /^Bearer +([\w.~+/=-]{1,128})$/i;

/**
 * The one place where a route's permission meets the caller: `device` asks for a device's credential, every other
 * permission for an API token that holds it.
 */
export function createAuthorize(
  authenticateToken: (secret: string | null) => Promise<Principal>,
  devices: Pick<DeviceAuthorization, 'authorize'>,
): Authorize {
  return async (permission, request) => {
    if (permission === 'device') return devices.authorize(request);
    requireSecureTransport(request);
    const principal = await authenticateToken(bearerOf(request));
    if (permission !== 'token') authorize(principal, permission);
    setCaller(request, principal);
  };
}

function bearerOf(request: FastifyRequest): string | null {
  return bearer.exec(request.headers.authorization ?? '')?.[1] ?? null;
}
