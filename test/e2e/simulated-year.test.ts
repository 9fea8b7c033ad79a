/**
 * A year of 500 devices of every platform in a few minutes: a clock that is moved, real messages, and an organisation in
 * which people come and go. `SCEPWARD_TEST_SEED` gives the year of a failure again; `SCEPWARD_TEST_DAYS` another length.
 */
import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { minute } from '../../src/lib/clock.ts';
import { skipUnless } from '../support/requires.ts';
import { rounds, underCi } from '../support/rounds.ts';
import { runCommand } from '../support/run-command.ts';
import type { YearInput } from '../support/year/live-year.ts';

const given = (name: string, otherwise: number) => Number(process.env[`SCEPWARD_TEST_${name}`] ?? otherwise);
const days = given('DAYS', rounds(90, 365));
// The same for the same length: what fails now and did not before comes of a change, not of chance.
const seed = given('SEED', days);
const devices = given('DEVICES', 500);
const script = fileURLToPath(new URL('../support/year/year-process.ts', import.meta.url));

suite('a simulated year', { concurrency: true }, () => {
  test('a year on SQLite', (context) => lived(context, { store: 'sqlite', seed, days, devices }));

  // What SQLite does not show: transactions of many connections. A year of it takes too long beside the rest.
  if (underCi || process.env.SCEPWARD_TEST_STORE === 'postgres')
    test('two months on PostgreSQL', { skip: skipUnless('postgres') }, (context) =>
      lived(context, { store: 'postgres', seed, days: Math.min(days, 60), devices }),
    );
});

/** In a process of its own: the test runner follows every promise of its own one, which takes a quarter of the time. */
async function lived(context: TestContext, input: YearInput): Promise<void> {
  const { store, seed, days, devices } = input;
  context.diagnostic(
    `SCEPWARD_TEST_STORE=${store} SCEPWARD_TEST_SEED=${seed} SCEPWARD_TEST_DAYS=${days} SCEPWARD_TEST_DEVICES=${devices}`,
  );
  const { code, stdout, stderr } = await runCommand(process.execPath, [script, JSON.stringify(input)], {
    milliseconds: 10 * minute,
  });
  assert.equal(code, 0, stderr);
  context.diagnostic(new TextDecoder().decode(stdout));
}
