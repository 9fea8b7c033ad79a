import type { FastifyRequest } from 'fastify';
import type { DeviceAuthentication } from '../../delivery/authenticate-device.ts';
import { Failure } from '../../lib/failure.ts';
import { requireSecureTransport } from '../secure-transport.ts';

export type AuthenticatedDevice = Extract<DeviceAuthentication, { kind: 'device' }>;

/** What the server asks for routes with permission `device`, and what those routes then ask for the device itself. */
export type DeviceAuthorization = {
  /** For `ServerOptions.authorize`. Throws `Failure` `unauthenticated` or `forbidden`. */
  authorize(request: FastifyRequest): Promise<void>;
  /** After `authorize` let the request pass. */
  deviceOf(request: FastifyRequest): AuthenticatedDevice;
};

const bearer = /^Bearer +([\w.~+/=-]{1,128})$/i;

const messages = {
  'credential-unknown': 'This credential is not known here. Join the device again with a new token.',
  'credential-revoked': 'This credential was revoked. Join the device again with a new token.',
  'credential-superseded':
    'This credential was replaced by a newer one that is in use. If this device never got that one, join it again.',
  'device-unknown': 'The device of this credential is gone. Join it again with a new token.',
} as const;

/** `Authorization: Bearer <credential>`, given to `authenticateDevice`. */
export function deviceAuthorization(
  authenticateDevice: (input: { readonly secret: string }) => Promise<DeviceAuthentication>,
): DeviceAuthorization {
  const known = new WeakMap<FastifyRequest, AuthenticatedDevice>();
  return {
    async authorize(request) {
      requireSecureTransport(request);
      const secret = bearer.exec(request.headers.authorization ?? '')?.[1];
      if (secret === undefined)
        throw new Failure(
          'unauthenticated',
          'credential-missing',
          "Send the device's credential as Authorization: Bearer.",
        );
      const result = await authenticateDevice({ secret });
      if (result.kind === 'refused') throw new Failure('unauthenticated', result.reason, messages[result.reason]);
      known.set(request, result);
    },
    deviceOf(request) {
      const device = known.get(request);
      if (device === undefined) throw new Error(`${request.url} was not authorised as a device's route.`);
      return device;
    },
  };
}
