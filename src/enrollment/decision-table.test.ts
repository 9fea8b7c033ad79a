import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Action, type DecisionMessage, decide, decisionMessages, decisionTable } from './decision-table.ts';
import { type ChallengeStanding, challengeStandings, type SignerStanding, signerStandings } from './standing.ts';

type Expected = Exclude<Action['kind'], 'refuse'> | `refuse ${string}`;
type Case = readonly [DecisionMessage, SignerStanding, ChallengeStanding, Expected];

/** Written out a second time on purpose, one line per row of the table. */
const cases: readonly Case[] = [
  ['get-crl', 'own-key', 'absent', 'get-crl'],
  ['get-crl', 'foreign', 'absent', 'get-crl'],
  ['enrol', 'forged', 'live', 'refuse signer-forged'],
  ['renew', 'forged', 'absent', 'refuse signer-forged'],
  ['poll', 'forged', 'absent', 'refuse signer-forged'],
  ['enrol', 'foreign', 'live', 'refuse signer-foreign'],
  ['renew', 'foreign', 'absent', 'refuse signer-foreign'],
  ['enrol', 'not-a-device', 'live', 'refuse signer-not-a-device'],
  ['renew', 'not-a-device', 'absent', 'refuse signer-not-a-device'],
  ['get-certificate', 'not-a-device', 'absent', 'refuse signer-not-a-device'],
  ['enrol', 'device-revoked', 'live', 'refuse signer-revoked'],
  ['renew', 'device-revoked', 'absent', 'refuse signer-revoked'],
  ['get-certificate', 'device-revoked', 'absent', 'refuse signer-revoked'],
  ['enrol', 'other-key', 'live', 'refuse registered-key-mismatch'],
  ['enrol', 'own-key', 'live', 'issue-by-challenge'],
  ['enrol', 'own-key', 'spent-by-this-key', 'repeat-by-challenge'],
  ['enrol', 'own-key', 'spent-by-another-key', 'refuse challenge-spent'],
  ['enrol', 'own-key', 'bound-to-another-key', 'refuse challenge-bound-to-another-key'],
  ['enrol', 'own-key', 'cancelled', 'refuse challenge-cancelled'],
  ['enrol', 'own-key', 'expired', 'refuse challenge-expired'],
  ['enrol', 'own-key', 'unwanted', 'refuse scep-profile-no-longer-targeted-to-the-client'],
  ['enrol', 'own-key', 'outdated', 'refuse expectation-changed'],
  ['enrol', 'own-key', 'of-another-profile', 'refuse challenge-of-another-profile'],
  ['enrol', 'own-key', 'of-another-delivery', 'refuse challenge-of-another-delivery'],
  ['enrol', 'own-key', 'unknown', 'refuse challenge-unknown'],
  ['enrol', 'own-key', 'absent', 'refuse challenge-password-missing'],
  ['renew', 'own-key', 'live', 'refuse signer-self-signed'],
  ['enrol', 'device-live', 'absent', 'renew'],
  ['enrol', 'device-live', 'spent-by-another-key', 'renew'],
  ['renew', 'device-live', 'absent', 'renew'],
  ['renew', 'device-live', 'unknown', 'renew'],
  ['enrol', 'device-superseded', 'live', 'repeat-renewal'],
  ['renew', 'device-superseded', 'absent', 'repeat-renewal'],
  ['poll', 'own-key', 'absent', 'poll'],
  ['poll', 'device-live', 'absent', 'poll'],
  ['poll', 'device-superseded', 'absent', 'poll'],
  ['poll', 'device-expired', 'absent', 'refuse signer-expired'],
  ['get-certificate', 'device-live', 'absent', 'get-certificate'],
  ['get-certificate', 'device-superseded', 'absent', 'get-certificate'],
  ['get-certificate', 'device-of-another-profile', 'absent', 'get-certificate'],
  ['get-certificate', 'device-of-another-delivery', 'absent', 'get-certificate'],
  ['get-certificate', 'own-key', 'absent', 'refuse signer-self-signed'],
  ['get-certificate', 'device-expired', 'absent', 'refuse signer-expired'],
  ['renew', 'device-expired', 'live', 'refuse signer-expired'],
  ['renew', 'device-not-yet-valid', 'absent', 'refuse signer-not-yet-valid'],
  ['renew', 'device-unwanted', 'absent', 'refuse scep-profile-no-longer-targeted-to-the-client'],
  ['renew', 'device-of-another-profile', 'absent', 'refuse signer-of-another-profile'],
  ['enrol', 'device-of-another-delivery', 'live', 'refuse signer-of-another-delivery'],
];

for (const [message, signer, challenge, expected] of cases)
  test(`${message} signed by ${signer} with challenge ${challenge}: ${expected}`, () => {
    const action = decide(message, signer, challenge);
    assert.equal(action.kind === 'refuse' ? `refuse ${action.reason}` : action.kind, expected);
  });

const combinations = decisionMessages.flatMap((message) =>
  signerStandings.flatMap((signer) =>
    challengeStandings.map((challenge) => ({ message, signer, challenge, action: decide(message, signer, challenge) })),
  ),
);

test('every row but the last decides something', () => {
  for (const row of decisionTable.slice(0, -1)) {
    const fits = combinations.some(
      ({ message, signer, challenge, action }) =>
        action === row.action &&
        (row.message === '*' || row.message === message) &&
        (row.signer === '*' || row.signer === signer) &&
        (row.challenge === '*' || row.challenge === challenge),
    );
    assert.ok(fits, `${row.message} ${row.signer} ${row.challenge} is shadowed by rows above it`);
  }
});

test('only a live challenge with the own key, or a live certificate, leads to something new', () => {
  for (const { message, signer, challenge, action } of combinations) {
    if (action.kind === 'issue-by-challenge')
      assert.deepEqual([message, signer, challenge], ['enrol', 'own-key', 'live']);
    if (action.kind === 'renew') assert.equal(signer, 'device-live');
  }
});
