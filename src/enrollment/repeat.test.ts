import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '../authority/certificate.ts';
import { day } from '../lib/clock.ts';
import { repeat } from './repeat.ts';

const issued = { revokedAt: null, installedAt: null, issuedAt: 1000, state: 'released' } as unknown as Certificate;

test('the same certificate again, within a day', () => {
  assert.deepEqual(repeat(issued, 1000 + day, 'challenge-spent'), { kind: 'again', certificate: issued });
});

const refusals: readonly (readonly [string, Certificate | null, number, string])[] = [
  ['nothing was issued to this key', null, 1000, 'challenge-spent'],
  ['a day has passed', issued, 1001 + day, 'challenge-spent'],
  ['the device has it', { ...issued, installedAt: 1500 }, 2000, 'challenge-spent'],
  ['it is withheld', { ...issued, state: 'withheld' }, 2000, 'challenge-spent'],
  ['it was revoked', { ...issued, revokedAt: 1500 }, 2000, 'certificate-revoked'],
];

for (const [name, certificate, now, reason] of refusals)
  test(`no more when ${name}`, () => {
    assert.deepEqual(repeat(certificate, now, 'challenge-spent'), { kind: 'refused', reason });
  });
