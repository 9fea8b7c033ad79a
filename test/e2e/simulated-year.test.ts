/**
 * A year of 500 devices of every platform in a few minutes: a clock that is moved, real messages, and an organisation in
 * which people come and go. `SCEPWARD_TEST_SEED` gives the year of a failure again; `SCEPWARD_TEST_DAYS` another length.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { day, hour } from '../../src/lib/clock.ts';
import { skipUnless } from '../support/requires.ts';
import { rounds, underCi } from '../support/rounds.ts';
import type { StoreKind } from '../support/stores.ts';
import { calendar, pickHappening, rollOver } from '../support/year/happenings.ts';
import {
  assertExplained,
  assertHoldings,
  assertInventory,
  assertOverview,
  assertReports,
  assertRevocations,
  assertSealed,
  assertStatus,
  readBooks,
} from '../support/year/recount.ts';
import { startYear, type Year } from '../support/year/year.ts';

const given = (name: string, otherwise: number) => Number(process.env[`SCEPWARD_TEST_${name}`] ?? otherwise);
const days = given('DAYS', rounds(90, 365));
// The same for the same length: what fails now and did not before comes of a change, not of chance.
const seed = given('SEED', days);
const devices = given('DEVICES', 500);
const step = 8 * hour;

test('a year on SQLite', (context) => wholeYear(context, 'sqlite', days));

// What SQLite does not show: transactions of many connections. A year of it takes too long beside the rest.
const fewer = Math.min(days, 60);
if (underCi || process.env.SCEPWARD_TEST_STORE === 'postgres')
  test('two months on PostgreSQL', { skip: skipUnless('postgres') }, (context) =>
    wholeYear(context, 'postgres', fewer),
  );

async function wholeYear(context: TestContext, store: StoreKind, days: number): Promise<void> {
  const which = `SCEPWARD_TEST_STORE=${store} SCEPWARD_TEST_SEED=${seed} SCEPWARD_TEST_DAYS=${days} SCEPWARD_TEST_DEVICES=${devices}`;
  context.diagnostic(which);
  await using year = await startYear({ store, seed, devices });
  try {
    await live(year, days);
    await settle(year);
    const books = await readBooks(year);
    const { certificates, events } = books;
    context.diagnostic(`${certificates.length} certificates, ${events.length} events, ${year.gaps.length} gaps`);
    assertHoldings(year, books);
    await assertRevocations(year, books);
    await assertOverview(year, books);
    await assertStatus(year);
    await assertInventory(year, books);
    await assertReports(year, books);
    await assertSealed(year);
    assertExplained(year, books);
    assert.deepEqual(year.server.wrong, []);
  } catch (error) {
    const logged = year.server.wrong.map((line) => `\nlogged: ${line}`).join('');
    console.log(`${which}; the last that happened:\n${year.diary.slice(-30).join('\n')}${logged}`);
    throw error;
  }
}

async function live(year: Year, days: number): Promise<void> {
  const { random } = year;
  const waiting = [...year.organisation.devices];
  const atFirst = Math.ceil(waiting.length / (14 * (day / step)));
  for (let passed = 0; passed < days * day; passed += step) {
    // In the first two weeks those join that are there from the start.
    for (const device of waiting.splice(0, atFirst)) await year.join(device);
    const today = passed / day;
    for (const { every, from, happen } of calendar)
      if (today >= from && (today - from) % every === 0) {
        await happen(year);
        await year.settled();
      }
    await rollOver(year, today - Math.floor(days / 2));
    if (today > 1)
      for (let count = random.below(5); count > 0; count--) {
        await pickHappening(year).happen(year);
        await year.settled();
      }
    await year.advance(step);
  }
}

/** Those that are switched off come back, and whoever is out there calls a last time. */
async function settle(year: Year): Promise<void> {
  for (const [id, until] of year.silentUntil) if (Number.isFinite(until)) year.silentUntil.delete(id);
  await year.advance(step);
  const all = () => year.callAll(year.organisation.devices.filter(({ status }) => status === 'joined'));
  await all();
  // Who was told to wait asks again.
  for (let again = 0; again < 10 && year.waiting.size > 0; again++) {
    await year.advance(step);
    await all();
  }
  await year.server.tick();
}
