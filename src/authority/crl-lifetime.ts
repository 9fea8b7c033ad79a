import { day } from '../lib/clock.ts';
import type { Issuer } from './issuer.ts';
import { servesDevices } from './serves-devices.ts';

/** From thisUpdate to nextUpdate of a CRL for devices' certificates: a server may be down for the best part of a week. */
const crlLifetime = 7 * day;

/** Of an issuer that only issues authorities, which hardly ever changes. */
const rootCrlLifetime = 365 * day;

/** A new CRL is published when the last one is this old, or something was revoked. */
const crlInterval = day;

/** Milliseconds. */
export function crlLifetimeOf(issuer: Pick<Issuer, 'registrationAuthorities'>): number {
  return servesDevices(issuer) ? crlLifetime : rootCrlLifetime;
}

/** The age at which the CRL after one of this lifetime is due. */
export function crlIntervalOf(lifetime: number): number {
  return lifetime > crlLifetime ? lifetime / 2 : Math.min(crlInterval, lifetime / 2);
}
