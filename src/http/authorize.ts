import type { FastifyRequest } from 'fastify';
import type { ApiToken } from '../access/api-token.ts';
import { authorize } from '../access/authenticate.ts';
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
  authenticateToken: (secret: string | null) => Promise<ApiToken>,
  devices: Pick<DeviceAuthorization, 'authorize'>,
): Authorize {
  return async (permission, request) => {
    if (permission === 'device') return devices.authorize(request);
    requireSecureTransport(request);
    const token = await authenticateToken(bearerOf(request));
    if (permission !== 'token') authorize(token, permission);
    setCaller(request, token);
  };
}

function bearerOf(request: FastifyRequest): string | null {
  return bearer.exec(request.headers.authorization ?? '')?.[1] ?? null;
}
