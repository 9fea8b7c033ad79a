import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type DeploymentCause, type DeploymentState, deploymentStates } from './deployment.ts';
import { move, stateTable } from './state-table.ts';

const walks: readonly [string, DeploymentState, readonly DeploymentCause[], DeploymentState][] = [
  ['an enrolment', 'requested', ['challenge-issued', 'issued', 'installed'], 'installed'],
  ['an approval', 'requested', ['challenge-issued', 'approval-awaited', 'issued'], 'issued'],
  ['a retry', 'requested', ['challenge-issued', 'validation-failed', 'challenge-issued', 'issued'], 'issued'],
  ['a renewal by challenge', 'installed', ['renewal-due', 'challenge-issued', 'issued'], 'issued'],
  ['a renewal by the old certificate', 'installed', ['issued', 'installed'], 'installed'],
  ['a removal', 'installed', ['unwanted', 'deleted'], 'deleted'],
  ['a removal that failed first', 'installed', ['unwanted', 'delete-failed', 'deleted'], 'deleted'],
  ['a retirement', 'issued', ['unwanted', 'revoked', 'deleted'], 'deleted'],
  ['a return', 'installed', ['unwanted', 'kept'], 'issued'],
  ['a trusted certificate', 'requested', ['installed', 'due', 'installed'], 'installed'],
];

for (const [name, from, causes, to] of walks) {
  test(`legal: ${name}`, () => {
    let state = from;
    for (const cause of causes) {
      const next = move(state, cause);
      assert.ok(next !== null, `${cause} in ${state}`);
      state = next;
    }
    assert.equal(state, to);
  });
}

const illegal: readonly [DeploymentState, DeploymentCause][] = [
  ['removedFromCollection', 'challenge-issued'],
  ['removedFromCollection', 'issued'],
  ['revoked', 'issued'],
  ['revoked', 'kept'],
  ['deleted', 'kept'],
  ['deleted', 'installed'],
  ['installed', 'challenge-issued'],
  ['requested', 'renewal-due'],
  ['requested', 'kept'],
  ['removedFromCollection', 'unwanted'],
];

for (const [state, cause] of illegal) {
  test(`illegal: ${cause} in ${state}`, () => assert.equal(move(state, cause), null));
}

test('every cause names each state once, and leads somewhere from somewhere', () => {
  for (const [cause, { from }] of Object.entries(stateTable)) {
    assert.ok(from.length > 0, cause);
    assert.equal(new Set(from).size, from.length, cause);
  }
});

test('the states that nothing enters are those that docs/profiles.md explains', () => {
  const entered = new Set(Object.values(stateTable).map(({ to }) => to));
  const never = deploymentStates.filter((state) => !entered.has(state));
  assert.deepEqual(never, [
    'challengeValidationSucceeded',
    'responsePending',
    'enrollmentSucceeded',
    'enrollmentNotNeeded',
    'renewVerified',
  ]);
  const docs = readFileSync(new URL('../../docs/profiles.md', import.meta.url), 'utf8');
  for (const state of never) assert.match(docs, new RegExp(`\\| \`${state}\` \\|`));
});
