/**
 * A repeat is the same proof with the same public key: the answer was lost, and the client asks again. It gets the
 * certificate that was issued, until the device reports it installed or 24 hours pass; a revoked one never again.
 */
import type { Certificate } from '../authority/certificate.ts';
import { day } from '../lib/clock.ts';
import type { RefusalReason } from './refusal.ts';

export type Repeat =
  | { readonly kind: 'again'; readonly certificate: Certificate }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

export const repeatWindow = day;

/** `spent` names the refusal when the time for repeats is over. */
export function repeat(certificate: Certificate | null, now: number, spent: RefusalReason): Repeat {
  if (certificate === null) return { kind: 'refused', reason: spent };
  if (certificate.revokedAt !== null) return { kind: 'refused', reason: 'certificate-revoked' };
  const over = certificate.installedAt !== null || now - certificate.issuedAt > repeatWindow;
  return over || certificate.state === 'withheld' ? { kind: 'refused', reason: spent } : { kind: 'again', certificate };
}
