import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../config/config.ts';
import { fromBase64 } from '../../lib/bytes.ts';
import { day, minute, systemClock } from '../../lib/clock.ts';
import { standInRoot } from '../profile/stand-in-root.ts';
import { checkAddresses, checkServer } from './check-addresses.ts';
import { checkCertificates, checkClock, checkRevocations } from './check-authority.ts';
import { checkRemovals } from './check-removals.ts';

const now = systemClock.now();
const pem = await standInRoot(systemClock);
const certificate = fromBase64(pem.replace(/-----[^-]+-----|\s/g, '')) ?? new Uint8Array(0);
const issuers = [{ certificate, registrationAuthorities: [{ certificate }] }];
const life = 10 * 365 * day;

for (const [name, at, status] of [
  ['with years to go is good', now, 'ok'],
  ['with days to go wants attention', now + life - 20 * day, 'warning'],
  ['that has ended is a problem', now + life + day, 'problem'],
  ['that has not begun is a problem', now - day, 'problem'],
] as const)
  test(`an issuer's certificate ${name}, and so is its RA's`, () =>
    assert.deepEqual(
      checkCertificates(issuers, at).map((check) => check.status),
      [status, status],
    ));

test('an issuer, root or RA that was revoked is a problem, named with its day', () => {
  const [check] = checkRevocations([{ subjectText: 'CN=Example Issuing CA', revokedAt: Date.UTC(2026, 4, 17) }]);
  assert.equal(check?.status, 'problem');
  assert.match(check?.detail ?? '', /CN=Example Issuing CA was revoked on 2026-05-17/);
  assert.deepEqual(checkRevocations([]), []);
});

test('no authority at all is a problem', () => assert.equal(checkCertificates([], now)[0]?.status, 'problem'));

for (const [name, lastEvent, status] of [
  ['behind its last event by more than five minutes', now + 6 * minute, 'problem'],
  ['a little behind', now + 4 * minute, 'ok'],
  ['after its last event', now - day, 'ok'],
  ['of an installation without events', null, 'ok'],
] as const)
  test(`a clock ${name}: ${status}`, () => assert.equal(checkClock(lastEvent, now).status, status));

test('addresses that only this machine reaches are named, others are good', () => {
  const trial = parseConfig({}, { tlsListen: null });
  assert.deepEqual(
    checkAddresses(trial, 'http://127.0.0.1:8080', ['http://localhost:8080']).map(({ status }) => status),
    ['warning', 'warning'],
  );
  const real = parseConfig({ SCEPWARD_PUBLIC_URL: 'https://scep.example.org' }, { tlsListen: null });
  assert.deepEqual(
    checkAddresses(real, 'https://scep.example.org', ['http://pki.example.org']).map(({ status }) => status),
    ['ok', 'ok'],
  );
});

test('a server that is not ready is a problem, one that is not there may be meant', () => {
  assert.equal(checkServer('http://x', 200).status, 'ok');
  assert.equal(checkServer('http://x', 503).status, 'problem');
  assert.equal(checkServer('http://x', null).status, 'warning');
});

for (const [name, ages, status, says] of [
  ['none is good', [], 'ok', /None waits/],
  ['one wants attention', [minute], 'warning', /A removal waits .* 7 certificates .* since just now/],
  ['several, the first for days, are a problem', [minute, 3 * day], 'problem', /2 removals wait .* 14 .* for 72 hours/],
] as const)
  test(`of removals that wait for a confirmation ${name}`, () => {
    const check = checkRemovals(
      ages.map((age) => ({ openedAt: now - age, waiting: 7 })),
      now,
    );
    assert.equal(check.status, status);
    assert.match(check.detail, says);
  });
