import type { Issuer } from './issuer.ts';

/** False for a root of ours: without an RA certificate it answers no device, and only certifies issuers. */
export function servesDevices(issuer: Pick<Issuer, 'registrationAuthorities'>): boolean {
  return issuer.registrationAuthorities.length > 0;
}
