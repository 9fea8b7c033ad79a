import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { day, minute } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { addPeriod, certificateValidity, type ValidityPeriod } from './validity.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const now = at('2026-11-22T12:00:00');
const issuer = { notBefore: at('2026-01-01T00:00:00'), notAfter: at('2036-01-01T00:00:00') };
const template = { maximumValidity: 730, profileMaySetValidity: true };
const of = (value: number, unit: ValidityPeriod['unit']): ValidityPeriod => ({ value, unit });

describe('a period on the calendar', () => {
  const rows: readonly (readonly [from: string, period: ValidityPeriod, to: string])[] = [
    ['2026-11-22T12:34:56', of(10, 'days'), '2026-12-02T12:34:56'],
    ['2026-01-31T00:00:00', of(1, 'months'), '2026-02-28T00:00:00'],
    ['2028-01-31T23:59:59', of(1, 'months'), '2028-02-29T23:59:59'],
    ['2026-10-31T01:00:00', of(13, 'months'), '2027-11-30T01:00:00'],
    ['2026-12-15T01:00:00', of(12, 'months'), '2027-12-15T01:00:00'],
    ['2028-02-29T01:00:00', of(1, 'years'), '2029-02-28T01:00:00'],
    ['2028-02-29T01:00:00', of(4, 'years'), '2032-02-29T01:00:00'],
    ['2026-03-28T12:00:00', of(1, 'days'), '2026-03-29T12:00:00'],
  ];
  for (const [from, period, to] of rows)
    it(`${period.value} ${period.unit} after ${from} is ${to}`, () => {
      assert.equal(new Date(addPeriod(at(from), period)).toISOString(), new Date(at(to)).toISOString());
    });
});

describe('the validity of a certificate', () => {
  it('begins a little in the past and lasts the period from now', () => {
    const { notBefore, notAfter, shortened } = certificateValidity({ period: of(1, 'years'), template, issuer, now });
    assert.equal(notBefore, now - 5 * minute);
    assert.equal(notAfter, at('2027-11-22T12:00:00'));
    assert.equal(shortened, false);
  });

  it('never begins before the issuer', () => {
    const young = { ...issuer, notBefore: now - minute };
    assert.equal(certificateValidity({ period: null, template, issuer: young, now }).notBefore, now - minute);
  });

  it('is the template’s when the profile sets none, or may not', () => {
    const longest = now - 5 * minute + 730 * day;
    assert.equal(certificateValidity({ period: null, template, issuer, now }).notAfter, longest);
    const fixed = { ...template, profileMaySetValidity: false };
    assert.equal(certificateValidity({ period: of(1, 'days'), template: fixed, issuer, now }).notAfter, longest);
    assert.equal(certificateValidity({ period: of(9, 'years'), template, issuer, now }).notAfter, longest);
  });

  it('ends just before the issuer, and says that it was shortened', () => {
    const old = { ...issuer, notAfter: now + 30 * day };
    const { notAfter, shortened } = certificateValidity({ period: of(1, 'years'), template, issuer: old, now });
    assert.equal(notAfter, now + 30 * day - 1000);
    assert.equal(shortened, true);
  });

  it('is refused when the issuer has ended, or not begun', () => {
    const refusal = (code: string, change: Partial<typeof issuer>) =>
      assert.throws(
        () => certificateValidity({ period: null, template, issuer: { ...issuer, ...change }, now }),
        (error) => isFailure(error, code),
      );
    refusal('issuer-expired', { notAfter: now });
    refusal('issuer-expired', { notAfter: now + 500 });
    refusal('issuer-not-yet-valid', { notBefore: now + 1 });
  });

  it('always lies within the issuer and the template, in whole seconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: issuer.notBefore, max: issuer.notAfter - 2000 }),
        fc.integer({ min: 1, max: 3650 }),
        fc.option(
          fc.record({ value: fc.integer({ min: 1, max: 60 }), unit: fc.constantFrom('days', 'months', 'years') }),
        ),
        (moment, maximumValidity, period) => {
          const request = { period, template: { maximumValidity, profileMaySetValidity: true }, issuer, now: moment };
          const { notBefore, notAfter } = certificateValidity(request);
          assert.ok(notBefore >= issuer.notBefore && notAfter < issuer.notAfter && notBefore <= moment);
          assert.ok(notAfter > notBefore && notAfter - notBefore <= maximumValidity * day);
          assert.ok(notBefore % 1000 === 0 && notAfter % 1000 === 0);
        },
      ),
    );
  });
});
