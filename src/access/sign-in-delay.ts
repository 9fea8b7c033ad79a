/**
 * How long after failed sign-ins by password the next one is welcome. It is counted twice: for a name at one client network,
 * which stops who guesses there; and for a name altogether, which stops who guesses from everywhere. The second does not
 * count where the administrator has signed in before, so that strangers cannot lock anybody out (docs/access.md).
 */
import { day, hour, minute, second } from '../lib/clock.ts';

export type SignInRecord = {
  /** SHA-256 of the sign-in name, and of the network where there is one: names that nobody has are counted, and not kept. */
  readonly key: string;
  readonly failures: number;
  readonly lastFailureAt: number | null;
  readonly lastSuccessAt: number | null;
};

/** Failures are forgotten when there was none for so long. */
const memory = day;
/** A network where somebody has signed in is theirs for so long. */
export const familiarFor = 90 * day;
const longest = 15 * minute;

const perNetwork = { free: 5, first: 30 * second };
const perName = { free: 50, first: minute };

export const blankRecord = (key: string): SignInRecord => ({
  key,
  failures: 0,
  lastFailureAt: null,
  lastSuccessAt: null,
});

/** ms until the next attempt is welcome; 0: now. */
export function signInDelay(here: SignInRecord, everywhere: SignInRecord, now: number): number {
  const familiar = here.lastSuccessAt !== null && now - here.lastSuccessAt < familiarFor;
  return Math.max(remaining(here, perNetwork, now), familiar ? 0 : remaining(everywhere, perName, now));
}

function remaining(record: SignInRecord, { free, first }: typeof perNetwork, now: number): number {
  const failures = failuresNow(record, now);
  if (failures < free || record.lastFailureAt === null) return 0;
  const wait = Math.min(longest, first * 2 ** Math.min(20, failures - free));
  return Math.max(0, record.lastFailureAt + wait - now);
}

function failuresNow({ failures, lastFailureAt }: SignInRecord, now: number): number {
  return lastFailureAt === null || now - lastFailureAt >= memory ? 0 : failures;
}

/** For one network before the password is looked at, so that many attempts at once count as many. */
export function withFailure(record: SignInRecord, now: number): SignInRecord {
  return { ...record, failures: failuresNow(record, now) + 1, lastFailureAt: now };
}

/** At the network of the success: what was counted there as a failure was none. */
export function withSuccess(record: SignInRecord, now: number): SignInRecord {
  return { ...record, failures: 0, lastFailureAt: null, lastSuccessAt: now };
}

/** Whether a failure is worth an event: the first, and those after which the wait grows or whoever guesses goes on for long. */
export function isNotable(failures: number): boolean {
  return (
    failures === 1 || failures === perNetwork.free || (failures >= 10 && Number.isInteger(Math.log2(failures / 10)))
  );
}

/** Rows that say nothing any more. */
export function forgetBefore(now: number): { readonly failures: number; readonly successes: number } {
  return { failures: now - memory - hour, successes: now - familiarFor };
}
