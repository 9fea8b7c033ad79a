/** The whole of a simulated year, and what must be true at its end. */
import assert from 'node:assert/strict';
import { day, hour } from '../../../src/lib/clock.ts';
import type { StoreKind } from '../stores.ts';
import { calendar, pickHappening, rollOver } from './happenings.ts';
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
} from './recount.ts';
import { startYear, type Year } from './year.ts';

export type YearInput = {
  readonly store: StoreKind;
  readonly seed: number;
  readonly days: number;
  readonly devices: number;
};

const step = 8 * hour;

/** Answers how much there was of it. A failure prints what happened last. */
export async function liveYear({ store, seed, days, devices }: YearInput): Promise<string> {
  await using year = await startYear({ store, seed, devices });
  try {
    await live(year, days);
    await settle(year);
    const books = await readBooks(year);
    assertHoldings(year, books);
    await assertRevocations(year, books);
    await assertOverview(year, books);
    await assertStatus(year);
    await assertInventory(year, books);
    await assertReports(year, books);
    await assertSealed(year);
    assertExplained(year, books);
    assert.deepEqual(year.server.wrong, []);
    const { certificates, events } = books;
    return `${certificates.length} certificates, ${events.length} events, ${year.gaps.length} gaps`;
  } catch (error) {
    const logged = year.server.wrong.map((line) => `\nlogged: ${line}`).join('');
    console.error(`The last that happened:\n${year.diary.slice(-30).join('\n')}${logged}`);
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
