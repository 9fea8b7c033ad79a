import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guidanceFor } from './reason-guide.ts';

test('every reason why no request can be expected has a meaning and something to do', () => {
  for (const reason of ['variable-unresolved', 'common-name-too-long', 'invalid-dns-name', 'country-not-two-letters']) {
    const guidance = guidanceFor(reason);
    assert.ok(guidance !== null, reason);
    assert.ok(guidance.meaning.endsWith('.') && guidance.whatToDo.endsWith('.'), reason);
  }
});

test('a reason that the table does not know has no guidance', () => {
  for (const reason of ['no-such-reason', 'constructor', 'toString', ''])
    assert.equal(guidanceFor(reason), null, reason);
});
