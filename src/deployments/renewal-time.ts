/**
 * When a certificate is renewed: from the profile's threshold on, each deployment at a moment of its own, so that a fleet
 * that was issued in one hour is not renewed in one hour.
 */
import type { ScepSettings } from '../profiles/scep-settings.ts';

/** Of a profile: what stays for trying after the last of them is for its author to say. */
export type RenewalSettings = Pick<ScepSettings, 'renewalThreshold'> & {
  readonly server: { readonly renewal: Pick<ScepSettings['server']['renewal'], 'spread'> };
};

export type RenewalTime = {
  /** The threshold is reached: a device that renews by itself may, ms. */
  readonly from: number;
  /** We ask for it, ms; the same for a deployment and generation whenever it is asked. */
  readonly at: number;
};

/** `generation` is that of the certificate. */
export function renewalTime(
  { notBefore, notAfter }: { readonly notBefore: number; readonly notAfter: number },
  { renewalThreshold, server }: RenewalSettings,
  { deploymentId, generation }: { readonly deploymentId: string; readonly generation: number },
): RenewalTime {
  const left = Math.floor(((notAfter - notBefore) * renewalThreshold) / 100);
  const from = notAfter - left;
  return {
    from,
    at: from + Math.floor(((left * server.renewal.spread) / 100) * fractionOf(`${deploymentId} ${generation}`)),
  };
}

/** FNV-1a with a final mix (MurmurHash3's): evenly in 0 to 1 for texts that differ in a character. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
