import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeDevice, makeId, makeScepProfile, makeTrustedProfile } from '../../test/support/make-facts.ts';
import { day } from '../lib/clock.ts';
import type { Expectation, ExpectationResult } from '../profiles/expectation.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import type { ServerOptions } from '../profiles/scep-settings.ts';
import { type Deployment, isDue } from './deployment.ts';
import { driftOf } from './drift.ts';
import { plan } from './plan.ts';

const device = makeDevice();
const root = makeTrustedProfile();
const base = makeScepProfile(root);

function profileThat(directoryChanges: ServerOptions['directoryChanges'], change: Partial<ScepProfile> = {}) {
  const { settings } = base;
  return { ...base, settings: { ...settings, server: { ...settings.server, directoryChanges } }, ...change };
}

function saying(name: string): Expectation {
  return {
    subject: name,
    subjectText: `CN=${name}`,
    subjectAlternativeNames: [],
    securityIdentifier: null,
    keyUsage: ['digitalSignature'],
    extendedKeyUsages: [],
    keySize: 2048,
    validityPeriod: null,
  };
}

const missing: ExpectationResult = {
  kind: 'failed',
  failure: { code: 'variable-unresolved', detail: 'No value.', unresolved: [] },
};

/** What reconciling makes of a deployment when the directory says `name` (null: has no value), at `now`. */
function reconciled(known: Deployment | null, profile: ScepProfile, name: string | null, now = 1000): Deployment {
  const result: ExpectationResult = name === null ? missing : { kind: 'resolved', expectation: saying(name) };
  const steps = plan({
    deviceId: device.id,
    known: known === null ? [] : [known],
    wanted: [
      { profile: root, userId: null, result: null },
      { profile, userId: null, result },
    ],
    now,
    newId: () => makeId(),
    newDeliveryRef: () => makeId(),
  });
  const after = steps.find(({ after }) => after.kind === 'scep')?.after ?? known;
  assert.ok(after !== null);
  return after;
}

/** As the ledger leaves it, and the device has said that it is in place. */
function holding(profile: ScepProfile, name = 'anna'): Deployment {
  const planned = reconciled(null, profile, name);
  const issued = { issuedGeneration: 1, currentCertificateId: makeId<string>() };
  const life = { certificateNotBefore: 0, certificateNotAfter: 100 * day, renewAt: 82 * day };
  return { ...planned, ...issued, ...life, state: 'installed', stateCause: 'installed' };
}

test('at renewal: a rename is drift, nothing is due, and the next certificate will say it', () => {
  const profile = profileThat('atRenewal');
  const after = reconciled(holding(profile), profile, 'anna-maria', 2000);
  assert.deepEqual([isDue(after), after.state, after.driftedAt], [false, 'installed', 2000]);
  assert.equal(after.expectation?.subjectText, 'CN=anna-maria');
  assert.deepEqual(driftOf(after), [{ field: 'subject', certificate: 'CN=anna', directory: 'CN=anna-maria' }]);
  const further = reconciled(after, profile, 'anna-eva', 3000);
  assert.equal(further.driftedAt, 2000, 'since the first change');
  assert.equal(driftOf(further)[0]?.certificate, 'CN=anna', 'beside what was issued');
  const back = reconciled(further, profile, 'anna', 4000);
  assert.deepEqual([back.driftedAt, back.issuedExpectation, driftOf(back)], [null, null, []]);
});

test('re-issue now: the next generation opens at once, and once', () => {
  const profile = profileThat('reissueNow');
  const after = reconciled(holding(profile), profile, 'anna-maria', 2000);
  assert.deepEqual([isDue(after), after.generation, after.state], [true, 2, 'requested']);
  assert.equal(reconciled(after, profile, 'anna-eva', 3000).generation, 2, 'one is due already');
  assert.equal(reconciled(after, profile, 'anna-maria', 3000), after, 'nothing new');
});

test('never: what was issued is issued again, whatever the directory says, until the profile is edited', () => {
  const profile = profileThat('never');
  const after = reconciled(holding(profile), profile, 'anna-maria', 2000);
  assert.deepEqual([isDue(after), after.expectation?.subjectText], [false, 'CN=anna']);
  assert.deepEqual(driftOf(after), [{ field: 'subject', certificate: 'CN=anna', directory: 'CN=anna-maria' }]);
  const gone = reconciled(after, profile, null, 3000);
  assert.deepEqual([gone.expectation?.subjectText, gone.problem], ['CN=anna', null], 'it can still be renewed');
  assert.deepEqual(driftOf(gone), [{ field: 'subject', certificate: 'CN=anna', directory: null }]);
  const edited = reconciled(gone, profileThat('never', { contentVersion: 2 }), 'anna-maria', 4000);
  assert.deepEqual([isDue(edited), edited.expectation?.subjectText, edited.withheld], [true, 'CN=anna-maria', null]);
});

test('a profile that changes its mind is followed by the certificates that drift already', () => {
  const kept = reconciled(holding(profileThat('never')), profileThat('never'), 'anna-maria');
  const waiting = reconciled(kept, profileThat('atRenewal'), 'anna-maria', 2000);
  assert.deepEqual([isDue(waiting), waiting.expectation?.subjectText], [false, 'CN=anna-maria']);
  assert.ok(isDue(reconciled(waiting, profileThat('reissueNow'), 'anna-maria', 3000)));
  const again = reconciled(waiting, profileThat('never'), 'anna-maria', 3000);
  assert.deepEqual([again.expectation?.subjectText, again.issuedExpectation], ['CN=anna', null]);
});

test('without a value there is a problem and no drift; the certificate stays', () => {
  const profile = profileThat('reissueNow');
  const after = reconciled(holding(profile), profile, null, 2000);
  assert.deepEqual([after.problem?.code, after.driftedAt, isDue(after)], ['variable-unresolved', null, false]);
  const mended = reconciled(after, profile, 'anna', 3000);
  assert.deepEqual([mended.problem, mended.driftedAt, isDue(mended)], [null, null, false], 'as it was issued');
});

test('never: what an edit brought is not taken back by what is reconciled before the device has fetched it', () => {
  const edited = profileThat('never', { contentVersion: 2 });
  const due = reconciled(holding(profileThat('never')), edited, 'edition two', 2000);
  assert.deepEqual([isDue(due), due.expectation?.subjectText], [true, 'CN=edition two']);
  const again = reconciled({ ...due, renewAt: 0 }, edited, 'edition two', 3000);
  assert.deepEqual([again.expectation?.subjectText, again.withheld], ['CN=edition two', null]);
  const renamed = reconciled(again, edited, 'anna-maria', 4000);
  assert.deepEqual([renamed.expectation?.subjectText, renamed.revision], ['CN=edition two', due.revision]);
  assert.equal(renamed.withheld?.kind, 'resolved');
});

test('never: an edit that had no value waits for one, and what was issued before it does not come back', () => {
  const edited = profileThat('never', { contentVersion: 2 });
  const waiting = reconciled(holding(profileThat('never')), edited, null, 2000);
  assert.deepEqual([waiting.expectation, waiting.problem?.code], [null, 'variable-unresolved']);
  const mended = reconciled(waiting, edited, 'edition two', 3000);
  assert.deepEqual([isDue(mended), mended.expectation?.subjectText], [true, 'CN=edition two']);
  assert.deepEqual([mended.withheld, mended.problem], [null, null]);
  assert.equal(reconciled(mended, edited, 'anna-maria', 4000).expectation?.subjectText, 'CN=edition two');
});

test('what was never issued drifts from nothing', () => {
  const profile = profileThat('reissueNow');
  const after = reconciled(reconciled(null, profile, 'anna'), profile, 'anna-maria', 2000);
  assert.deepEqual([after.driftedAt, after.generation, after.expectation?.subjectText], [null, 1, 'CN=anna-maria']);
});

test('another threshold moves the renewal; what is due stays due', () => {
  const profile = profileThat('atRenewal');
  const { settings } = profile;
  const sooner = { ...profile, settings: { ...settings, renewalThreshold: 50 }, deliveryVersion: 2 };
  const known = reconciled(holding(profile), profile, 'anna');
  const after = reconciled(known, sooner, 'anna', 2000);
  assert.ok(after.renewAt !== null && after.renewAt >= 50 * day && after.renewAt < 63 * day);
  const revoked = { ...known, renewAt: 1500 };
  assert.equal(reconciled(revoked, sooner, 'anna', 2000).renewAt, 1500);
});
