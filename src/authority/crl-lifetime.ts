import { day } from '../lib/clock.ts';

/** From thisUpdate to nextUpdate of a CRL for devices' certificates: a server may be down for the best part of a week. */
export const crlLifetime = 7 * day;

/** A new CRL is published when the last one is this old, or something was revoked. */
export const crlInterval = day;

/** Of a root's CRL, which hardly ever changes. */
export const rootCrlLifetime = 365 * day;

/** The age at which the next one is due. */
export function crlIntervalFor(lifetime: number): number {
  return Math.min(crlInterval, lifetime / 2);
}
