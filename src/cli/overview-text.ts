import { facts, when } from './show.ts';
import { table } from './table.ts';

export type OverviewView = {
  readonly certificates: Readonly<Record<'valid' | 'expired' | 'revoked', number>>;
  readonly expiring: readonly { readonly days: number; readonly count: number }[];
  readonly activity: {
    readonly days: readonly unknown[];
    readonly total: Readonly<Record<'issued' | 'renewed' | 'revoked' | 'failed', number>>;
  };
  readonly failures: readonly { readonly reason: string; readonly count: number; readonly whatToDo: string | null }[];
  readonly profiles: readonly {
    readonly profileSlug: string;
    readonly counts: Readonly<Record<'error' | 'conflict' | 'pending' | 'succeeded' | 'notApplicable', number>>;
  }[];
  readonly scep: {
    readonly address: string;
    readonly outcomes: Readonly<Record<'success' | 'pending' | 'failure' | 'error', number>>;
    readonly capped: boolean;
    readonly lastAt: number | null;
    readonly lastSuccessAt: number | null;
  };
};

/** Numbers for people; the days are in the JSON. */
export function overviewText({ certificates, expiring, activity, failures, profiles, scep }: OverviewView): string {
  const { total, days } = activity;
  const { success, pending, failure, error } = scep.outcomes;
  const parts = [
    facts({
      certificates: `${certificates.valid} valid, ${certificates.expired} expired, ${certificates.revoked} revoked`,
      'ending soon': expiring.map(({ days: within, count }) => `${count} in ${within} days`).join(', '),
      [`in ${days.length} days`]: `${total.issued} issued, ${total.renewed} renewed, ${total.revoked} revoked, ${total.failed} failed`,
      'SCEP address': scep.address,
      'asked there': `${success} succeeded, ${pending} pending, ${failure + error} failed${scep.capped ? ' (the latest)' : ''}`,
      'last asked': when(scep.lastAt),
      'last success': when(scep.lastSuccessAt),
    }),
  ];
  if (profiles.length > 0)
    parts.push(
      table(profiles, {
        profile: ({ profileSlug }) => profileSlug,
        error: ({ counts }) => counts.error,
        pending: ({ counts }) => counts.pending,
        succeeded: ({ counts }) => counts.succeeded,
        'not applicable': ({ counts }) => counts.notApplicable,
      }),
    );
  if (failures.length > 0)
    parts.push(
      table(failures, {
        failure: ({ reason }) => reason,
        count: ({ count }) => count,
        'what to do': ({ whatToDo }) => whatToDo,
      }),
    );
  return parts.join('\n\n');
}
