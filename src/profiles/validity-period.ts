import { day } from '../lib/clock.ts';
import type { ValidityPeriod } from './scep-settings.ts';

/** `from` plus the period in the UTC calendar, ms: a month from 31 January ends on the last day of February. */
export function validityEnd(from: number, { value, unit }: ValidityPeriod): number {
  if (unit === 'days') return from + value * day;
  const start = new Date(from);
  const end = new Date(from);
  end.setUTCDate(1);
  end.setUTCMonth(start.getUTCMonth() + (unit === 'years' ? 12 * value : value));
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(start.getUTCDate(), lastDay));
  return end.getTime();
}

/** Days to compare a period with limits by: a year has 365, a month a twelfth of that. */
export function nominalDays({ value, unit }: ValidityPeriod): number {
  return unit === 'days' ? value : Math.floor((value * (unit === 'years' ? 12 : 1) * 365) / 12);
}
