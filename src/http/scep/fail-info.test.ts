import assert from 'node:assert/strict';
import { test } from 'node:test';
import { algorithmReasons, provenReasons, refusal, unprovenReasons } from '../../enrollment/refusal.ts';
import { wireRefusal } from './fail-info.ts';

test('before a proof holds, all refusals are alike but for the request id', () => {
  const answers = unprovenReasons.map((reason) => wireRefusal(refusal(reason, { secret: 'x' }, 'subject.CN'), 'r1'));
  for (const answer of answers)
    assert.deepEqual(answer, { failInfo: 'badRequest', failInfoText: 'request-refused r1' });
});

test('afterwards the text has reason, field and request id, and never what was expected', () => {
  const told = wireRefusal(refusal('subject-name-mismatch', { expected: 'CN=boss' }, 'subject.CN'), 'r2');
  assert.deepEqual(told, { failInfo: 'badRequest', failInfoText: 'subject-name-mismatch subject.CN r2' });
  for (const reason of [...provenReasons, ...algorithmReasons])
    assert.equal(wireRefusal(refusal(reason), 'r3').failInfoText, `${reason} r3`);
});

test('failInfo follows RFC 8894 section 3.2.1.4', () => {
  assert.equal(wireRefusal(refusal('digest-not-allowed'), 'r').failInfo, 'badAlg');
  assert.equal(wireRefusal(refusal('key-length-mismatch'), 'r').failInfo, 'badAlg');
  assert.equal(wireRefusal(refusal('certificate-unknown'), 'r').failInfo, 'badCertId');
  assert.equal(wireRefusal(refusal('transaction-unknown'), 'r').failInfo, 'badCertId');
  assert.equal(wireRefusal(refusal('challenge-expired'), 'r').failInfo, 'badRequest');
  assert.equal(wireRefusal(refusal('clock-behind'), 'r').failInfo, 'badTime');
});
