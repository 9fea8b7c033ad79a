import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeDevice, makeId, makeScepProfile, makeTrustedProfile } from '../../test/support/make-facts.ts';
import type { Expectation, ExpectationResult } from '../profiles/expectation.ts';
import type { Profile } from '../profiles/profile.ts';
import { type Deployment, type DeploymentState, isDue } from './deployment.ts';
import { type PlanStep, plan, type WantedDeployment } from './plan.ts';
import { stateTable } from './state-table.ts';

const device = makeDevice();
const root = makeTrustedProfile();
const profile = makeScepProfile(root);
const wantRoot: WantedDeployment = { profile: root, userId: null, result: null };

function expectation(name: string): Expectation {
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
const resolved = (name: string): ExpectationResult => ({ kind: 'resolved', expectation: expectation(name) });
const failed = (variable: string): ExpectationResult => ({
  kind: 'failed',
  failure: { code: 'variable-unresolved', detail: '', unresolved: [{ variable, reason: 'empty' }] },
});
const want = (result: ExpectationResult, of: Profile = profile): WantedDeployment => ({
  profile: of,
  userId: null,
  result,
});

let refs = 0;
function run(known: readonly Deployment[], wanted: readonly WantedDeployment[]): readonly PlanStep[] {
  const newDeliveryRef = () => `ref-${++refs}`;
  return plan({ deviceId: device.id, known, wanted, now: 1000, newId: () => makeId(), newDeliveryRef });
}

/** The deployments after the steps. */
function after(known: readonly Deployment[], steps: readonly PlanStep[]): readonly Deployment[] {
  const all = new Map(known.map((deployment) => [deployment.id, deployment]));
  for (const step of steps) all.set(step.after.id, step.after);
  return [...all.values()];
}

/** A deployment of `profile` with the root's beside it, as first planned. */
function start(result: ExpectationResult = resolved('a')) {
  const all = after([], run([], [wantRoot, want(result)]));
  const scep = all.find(({ kind }) => kind === 'scep');
  const trusted = all.find(({ kind }) => kind === 'trustedCertificate');
  assert.ok(scep && trusted);
  return { scep, trusted };
}

const issued = (deployment: Deployment, state: DeploymentState = 'installed'): Deployment => ({
  ...deployment,
  state,
  issuedGeneration: deployment.generation,
  currentCertificateId: makeId(),
});

/** The one step for the SCEP deployment; fails when there are others. */
function step(known: Deployment, trusted: Deployment, wanted: readonly WantedDeployment[]): PlanStep {
  const steps = run([known, trusted], wanted);
  assert.equal(steps.length, 1);
  assert.ok(steps[0]);
  return steps[0];
}

test('a new deployment is due, and the trusted certificate beside it is not', () => {
  const { scep, trusted } = start();
  assert.equal(scep.state, 'requested');
  assert.deepEqual(scep.expectation, expectation('a'));
  assert.ok(isDue(scep));
  assert.deepEqual([scep.generation, scep.issuedGeneration, scep.revision], [1, 0, 1]);
  assert.notEqual(scep.deliveryRef, trusted.deliveryRef);
  assert.equal(trusted.expectation, null);
  assert.ok(!isDue(trusted));
});

test('what is as it should be is left alone', () => {
  const { scep, trusted } = start();
  assert.deepEqual(run([scep, trusted], [wantRoot, want(resolved('a'))]), []);
  assert.deepEqual(run([issued(scep), trusted], [wantRoot, want(resolved('a'))]), []);
});

test('a missing variable fails this deployment, names the variable, and touches nothing else', () => {
  const { scep, trusted } = start(failed('IMEI'));
  assert.equal(scep.state, 'challengeIssueFailed');
  assert.deepEqual(scep.problem?.unresolved, [{ variable: 'IMEI', reason: 'empty' }]);
  assert.equal(trusted.problem, null);
  const other = makeScepProfile(root);
  const [added] = run([scep, trusted], [wantRoot, want(failed('IMEI')), want(resolved('b'), other)]);
  assert.equal(added?.kind, 'create');
  const mended = step(scep, trusted, [wantRoot, want(resolved('a'))]);
  assert.equal(mended.after.state, 'requested');
  assert.equal(mended.after.problem, null);
  assert.ok(isDue(mended.after));
  assert.deepEqual(
    step(scep, trusted, [wantRoot, want(failed('MEID'))]).after.problem?.unresolved[0]?.variable,
    'MEID',
  );
});

test('without its root it waits, and it comes free when the root arrives', () => {
  const [first] = run([], [want(resolved('a'))]);
  assert.ok(first);
  assert.equal(first.after.problem?.code, 'root-not-assigned');
  assert.equal(first.after.state, 'requested');
  assert.ok(!isDue(first.after));
  const steps = run([first.after], [want(resolved('a')), wantRoot]);
  const freed = steps.find(({ before }) => before !== null);
  assert.equal(freed?.after.problem, null);
  assert.ok(freed && isDue(freed.after));
});

test('a changed value while one is due makes another revision and ends its challenges', () => {
  const { scep, trusted } = start();
  const known: Deployment = { ...scep, state: 'challengeIssued' };
  const { after: now, cancel } = step(known, trusted, [wantRoot, want(resolved('b'))]);
  assert.equal(cancel, 'expectation-changed');
  assert.deepEqual([now.revision, now.generation, now.state], [2, 1, 'requested']);
});

test('a changed value after issuance waits for the renewal', () => {
  const { scep, trusted } = start();
  const { after: now } = step(issued(scep), trusted, [wantRoot, want(resolved('b'))]);
  assert.deepEqual([now.revision, now.generation, now.state], [2, 1, 'installed']);
  assert.ok(!isDue(now));
});

test('an edited profile asks for a new certificate, once', () => {
  const { scep, trusted } = start();
  const edited = { ...profile, contentVersion: 2 };
  const { after: now, cancel } = step(issued(scep), trusted, [wantRoot, want(resolved('a'), edited)]);
  assert.deepEqual([now.generation, now.contentVersion, now.state], [2, 2, 'requested']);
  assert.equal(cancel, null);
  assert.ok(isDue(now));
  const twice = { ...profile, contentVersion: 3 };
  assert.equal(step(now, trusted, [wantRoot, want(resolved('a'), twice)]).after.generation, 2, 'one is due already');
});

test('which generation an edit asked for is remembered, where there was a certificate; directory changes are no edits', () => {
  const { scep, trusted } = start();
  const edited = { ...profile, contentVersion: 2 };
  const after = (known: Deployment, of: Profile, name = 'a') =>
    step(known, trusted, [wantRoot, want(resolved(name), of)]).after;
  assert.equal(after(scep, edited).editedGeneration, null, 'there is nothing to replace yet');
  assert.equal(after(issued(scep), edited).editedGeneration, 2);
  const renewing = { ...issued(scep), generation: 2 };
  assert.equal(after(renewing, edited).editedGeneration, 2, 'the renewal that is due is it');
  const again = after(issued(after(issued(scep), edited)), { ...profile, contentVersion: 3 });
  assert.equal(again.editedGeneration, 3);
  assert.equal(after(issued(scep), profile, 'b').editedGeneration, null);
  const { settings } = profile;
  const eager: Profile = {
    ...profile,
    settings: { ...settings, server: { ...settings.server, directoryChanges: 'reissueNow' } },
  };
  const replaced = after(issued(scep), eager, 'b');
  assert.deepEqual([replaced.generation, replaced.editedGeneration], [2, null]);
});

test('a profile that is delivered again is followed; nothing is issued, nothing that goes well begins anew', () => {
  const { scep, trusted } = start();
  const next: Profile = { ...profile, deliveryVersion: 2 };
  const wanted = [wantRoot, want(resolved('a'), next)];
  const installed = issued(scep);
  const told = step(installed, trusted, wanted);
  assert.deepEqual(told.after, { ...installed, deliveryVersion: 2, updatedAt: 1000 });
  assert.equal(told.cancel, null);
  assert.deepEqual(run([told.after, trusted], wanted), []);
  const waiting: Deployment = { ...scep, state: 'issuePending' };
  assert.equal(step(waiting, trusted, wanted).after.state, 'issuePending');
  const problem = { code: 'unreachable', detail: '', unresolved: [] };
  const lost = step({ ...scep, state: 'requestSubmitFailed', problem }, trusted, wanted).after;
  assert.deepEqual([lost.state, lost.problem, lost.generation], ['requested', null, scep.generation]);
});

test('what is unwanted goes, and comes back as it was while nothing was taken away', () => {
  const { scep, trusted } = start();
  const gone = step(issued(scep), trusted, [wantRoot]);
  assert.equal(gone.kind, 'remove');
  assert.equal(gone.cancel, 'removed');
  assert.deepEqual([gone.after.wanted, gone.after.state], [false, 'removedFromCollection']);
  assert.deepEqual(run([gone.after, trusted], [wantRoot]), [], 'removed once');
  const kept = step(gone.after, trusted, [wantRoot, want(resolved('a'))]).after;
  assert.deepEqual([kept.wanted, kept.state, kept.generation], [true, 'issued', 1]);
  assert.ok(!isDue(kept));
});

for (const state of ['deleted', 'revoked'] as const) {
  test(`wanted again after it was ${state}, another certificate is due`, () => {
    const { scep, trusted } = start();
    const known: Deployment = { ...issued(scep, state), wanted: false };
    const back = step(known, trusted, [wantRoot, want(resolved('a'))]).after;
    assert.deepEqual([back.wanted, back.state, back.generation], [true, 'requested', 2]);
    assert.ok(isDue(back));
  });
}

test('a problem that an enrolment set stays until something changes', () => {
  const { scep, trusted } = start();
  const problem = { code: 'key-size-mismatch', detail: '', unresolved: [] };
  const known: Deployment = { ...scep, state: 'challengeValidationFailed', problem };
  assert.deepEqual(run([known, trusted], [wantRoot, want(resolved('a'))]), []);
  assert.equal(step(known, trusted, [wantRoot, want(resolved('b'))]).after.problem, null);
});

test('a certificate for another user is another deployment', () => {
  const { scep, trusted } = start();
  const userId = makeId<never>();
  const steps = run([scep, trusted], [wantRoot, { ...want(resolved('a')), userId }]);
  assert.deepEqual(steps.map(({ kind }) => kind).sort(), ['create', 'remove']);
});

test('an edited trusted certificate is delivered anew', () => {
  const { scep, trusted } = start();
  const edited: WantedDeployment = { ...wantRoot, profile: { ...root, contentVersion: 2 } };
  const [change, ...others] = run([scep, { ...trusted, state: 'installed' }], [edited, want(resolved('a'))]);
  assert.deepEqual(others, []);
  assert.equal(change?.after.state, 'requested');
});

test('whatever was wanted before: a plan run on its own outcome changes nothing, and its states are legal', () => {
  const legal = new Set(Object.values(stateTable).map(({ to }) => to));
  const results = fc.constantFrom(resolved('a'), resolved('b'), failed('IMEI'), failed('MEID'));
  const round = fc.record({
    root: fc.boolean(),
    scep: fc.option(results, { nil: null }),
    contentVersion: fc.nat(2),
    enrolled: fc.boolean(),
    state: fc.constantFrom(...Object.values(stateTable).map(({ to }) => to)),
  });
  fc.assert(
    fc.property(fc.array(round, { maxLength: 8 }), (rounds) => {
      let known: readonly Deployment[] = [];
      for (const { root: rooted, scep, contentVersion, enrolled, state } of rounds) {
        const wanted: WantedDeployment[] = rooted ? [wantRoot] : [];
        if (scep !== null) wanted.push(want(scep, { ...profile, contentVersion }));
        const before = known;
        known = after(known, run(known, wanted));
        assert.deepEqual(run(known, wanted), []);
        for (const deployment of known) {
          const old = before.find(({ id }) => id === deployment.id);
          assert.ok(legal.has(deployment.state));
          const blocked = deployment.kind === 'scep' && deployment.wanted && deployment.expectation === null;
          assert.ok(!blocked || deployment.problem !== null, 'what cannot be says why');
          assert.ok(deployment.generation >= (old?.generation ?? 1) && deployment.revision >= (old?.revision ?? 1));
          assert.ok(deployment.issuedGeneration <= deployment.generation);
          const { editedGeneration } = deployment;
          const asked = old?.currentCertificateId != null && old.contentVersion !== deployment.contentVersion;
          assert.equal(editedGeneration, asked ? deployment.generation : (old?.editedGeneration ?? null));
        }
        if (enrolled) known = known.map((one) => (isDue(one) ? issued(one, 'issued') : { ...one, state }));
      }
    }),
  );
});
