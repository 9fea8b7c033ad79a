/** However much of the events has been counted, by one or by several, reports say what counting all of them anew would. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { aScepProfile } from '../../test/support/records.ts';
import { openTestStores, storeKinds } from '../../test/support/stores.ts';
import { type NewEvent, systemCause } from '../events/event.ts';
import { hour } from '../lib/clock.ts';
import { type ActivityKind, activityOf } from '../reporting/activity.ts';
import { type ActivityReportInput, activityReport, failureReport } from '../reporting/activity-report.ts';
import { countActivity } from '../reporting/count-activity.ts';
import type { Store } from './store.ts';

const profiles = [aScepProfile(), aScepProfile()];

function event(number: number): NewEvent {
  const subjects = number % 7 === 0 ? [] : [{ kind: 'profile', id: profiles[number % 2]?.id ?? '' } as const];
  const made = (type: NewEvent['type'], data: NewEvent['data']) => ({ type, data, subjects, cause: systemCause });
  switch (number % 6) {
    case 0:
      return made('certificate.issued', { generation: 1 + (number % 3) });
    case 1:
      return made('certificate.renewed', { generation: 2 });
    case 2:
      return made('certificate.revoked', { reason: 'superseded' });
    case 3:
      return made('enrollment.refused', { reason: number % 4 === 0 ? 'challenge-expired' : 'subject-name-mismatch' });
    case 4:
      return made('deployment.failed', number % 5 === 0 ? { step: 'scep', code: 'x' } : { step: 'install', code: 'y' });
    default:
      return made('deployment.reported', { outcome: 'installed' });
  }
}

const happening = fc.record({
  after: fc.integer({ min: 0, max: 9 * hour }),
  number: fc.nat(1000),
  count: fc.boolean(),
});
const asked = fc.record({
  timeZone: fc.constantFrom('UTC', 'Europe/Oslo', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Auckland'),
  days: fc.integer({ min: 1, max: 40 }),
  profileId: fc.constantFrom(null, ...profiles.map(({ id }) => id as string)),
  platform: fc.constantFrom(null, 'linux', 'ios'),
}) as fc.Arbitrary<ActivityReportInput>;

// In a process of its own: ids never go back, and those of others would be made in 2037 from then on.
/** One for both stores, and later than now. Clocks change in the middle of what is looked at. */
const clock = fakeClock(Date.UTC(2037, 2, 20, 5, 17));
const kinds = storeKinds();

suite('activity', () => {
  for (const kind of ['sqlite', 'postgres'] as const)
    test(`is the same as a recount of all events (${kind})`, {
      skip: kinds.includes(kind) ? false : 'needs SCEPWARD_TEST_POSTGRES (npm test sets it)',
    }, async () => {
      await using stores = await openTestStores({ kind, clock });
      await stores.transact(async () => {
        for (const profile of profiles) await stores.profiles.save(profile);
      });
      await fc.assert(
        fc.asyncProperty(fc.array(happening, { maxLength: 12 }), asked, async (happenings, input) => {
          for (const { after, number, count } of happenings) {
            clock.advance(after);
            await stores.transact(() => stores.events.append([event(number)]));
            if (count) await countBoth(stores, clock);
          }
          await assertRecounted(stores, clock, input);
        }),
        { numRuns: 40 },
      );
      clock.advance(hour);
      await countBoth(stores, clock);
      assert.equal(await stores.activitySource.next('g'), null);
      await assertRecounted(stores, clock, { timeZone: 'Asia/Kathmandu', days: 366, profileId: null, platform: null });
    });
});

/** Two nodes at the same time. */
async function countBoth(stores: Store, clock: { now(): number }): Promise<void> {
  const deps = { ...stores, clock, source: stores.activitySource };
  await Promise.all([countActivity(deps, { store: stores.kind }), countActivity(deps, { store: stores.kind })]);
}

async function assertRecounted(stores: Store, clock: { now(): number }, input: ActivityReportInput): Promise<void> {
  const deps = { activity: stores.activitySource, clock };
  const report = await activityReport(deps, input);
  const sums: Record<string, number> = {};
  const reasons: Record<string, number> = {};
  let cursor: string | null = null;
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: input.timeZone });
  const dates = new Set(report.days.map(({ date }) => date));
  assert.equal(dates.size, input.days);
  assert.ok(dates.has(format.format(clock.now())));
  do {
    const page: Awaited<ReturnType<Store['events']['list']>> = await stores.events.list(
      { subject: null, types: null },
      { limit: 200, cursor },
    );
    for (const each of page.items) {
      const activity = activityOf(each);
      if (activity === null || (input.profileId !== null && activity.profileId !== input.profileId)) continue;
      const date = format.format(each.at);
      if (!dates.has(date) || (input.platform !== null && input.platform !== 'linux')) continue;
      const key = `${date} ${activity.kind}`;
      sums[key] = (sums[key] ?? 0) + 1;
      if (activity.kind === 'failed') reasons[activity.reason ?? ''] = (reasons[activity.reason ?? ''] ?? 0) + 1;
    }
    cursor = page.next;
  } while (cursor !== null);
  const reported: Record<string, number> = {};
  for (const each of report.days)
    for (const kind of ['issued', 'renewed', 'revoked', 'failed'] satisfies ActivityKind[])
      if (each[kind] > 0) reported[`${each.date} ${kind}`] = each[kind];
  assert.deepEqual(reported, sums);
  const failures = await failureReport(deps, input);
  assert.deepEqual(Object.fromEntries(failures.map(({ reason, count }) => [reason, count])), reasons);
}
