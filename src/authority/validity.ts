import { day, minute } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { CertificateTemplate } from './issuer.ts';

export type ValidityPeriod = { readonly value: number; readonly unit: 'days' | 'months' | 'years' };

export type Validity = {
  /** Milliseconds UTC, whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** True when the issuer ends before the certificate would have. */
  readonly shortened: boolean;
};

export type ValidityRequest = {
  /** The profile's; null: as long as the template says. Has no effect where the template does not let profiles choose. */
  readonly period: ValidityPeriod | null;
  readonly template: Pick<CertificateTemplate, 'maximumValidity' | 'profileMaySetValidity'>;
  readonly issuer: { readonly notBefore: number; readonly notAfter: number };
  readonly now: number;
  /** Milliseconds that notBefore lies in the past, for devices whose clocks are behind. Default 5 minutes. */
  readonly backdating?: number;
};

/**
 * When a certificate that is issued now begins and ends. The period counts from now, on the calendar; from notBefore to
 * notAfter is at most the template's maximum; it never reaches beyond the issuer, which would make it worthless.
 * Throws `Failure` `issuer-expired` or `issuer-not-yet-valid`.
 */
export function certificateValidity(request: ValidityRequest): Validity {
  const { period, template, issuer, now, backdating = 5 * minute } = request;
  if (now < issuer.notBefore) throw notYetValid(issuer.notBefore);
  const notBefore = wholeSeconds(Math.max(now - backdating, issuer.notBefore));
  const longest = notBefore + template.maximumValidity * day;
  const asked = period === null || !template.profileMaySetValidity ? longest : addPeriod(now, period);
  const wanted = wholeSeconds(Math.min(asked, longest));
  const lastPossible = wholeSeconds(issuer.notAfter) - 1000;
  if (lastPossible <= now) throw expired(issuer.notAfter);
  return { notBefore, notAfter: Math.min(wanted, lastPossible), shortened: wanted > lastPossible };
}

/** On the UTC calendar: a month after 31 January is the last day of February. */
export function addPeriod(from: number, { value, unit }: ValidityPeriod): number {
  if (unit === 'days') return from + value * day;
  const start = new Date(from);
  const months = start.getUTCMonth() + (unit === 'months' ? value : 12 * value);
  const year = start.getUTCFullYear() + Math.floor(months / 12);
  const month = ((months % 12) + 12) % 12;
  const date = Math.min(start.getUTCDate(), daysIn(year, month));
  return Date.UTC(year, month, date) + (((from % day) + day) % day);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}

function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

function expired(notAfter: number): Failure {
  const when = new Date(notAfter).toISOString();
  return new Failure(
    'misconfigured',
    'issuer-expired',
    `The issuing certificate ended at ${when}, so nothing can be issued. Roll the authority over to a new issuer.`,
    { notAfter },
  );
}

function notYetValid(notBefore: number): Failure {
  const when = new Date(notBefore).toISOString();
  return new Failure(
    'misconfigured',
    'issuer-not-yet-valid',
    `The issuing certificate begins at ${when}, which is in the future. Check this machine's clock.`,
    { notBefore },
  );
}
