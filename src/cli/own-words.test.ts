import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { Failure } from '../lib/failure.ts';
import { inOwnWords } from './own-words.ts';

const command = new Command('list')
  .argument('<device>', 'exact name or id')
  .option('--window <minutes>')
  .option('--slow-window <hours>')
  .option('--type <types>')
  .option('--object-kind <kind>')
  .option('--object <object>')
  .option('--days <number>');

function told(message: string, params: Record<string, unknown> = {}): string {
  return inOwnWords(new Failure('invalid', 'bad-request', message, params), command).message;
}
const found = (...issues: readonly (readonly [string, string])[]) => ({
  in: 'body',
  issues: issues.map(([path, message]) => ({ path, message })),
});

test('what the API found wrong is told by the option or argument it came from', () => {
  assert.equal(told('querystring.days: …', found(['days', 'must be at most 400'])), '--days: must be at most 400.');
  assert.equal(told('', found(['windowMinutes', 'is bad'])), '--window: is bad.');
  assert.equal(told('', found(['slowWindowHours', 'is bad'])), '--slow-window: is bad.');
  assert.equal(told('', found(['types.0', 'is bad'])), '--type: is bad.');
  assert.equal(
    told('', found(['device', 'is bad'], ['objectKind', 'is worse'])),
    '<device>: is bad; --object-kind: is worse.',
  );
  assert.equal(told('', found(['', 'has nothing called “x”'])), 'has nothing called “x”.');
  assert.equal(told('', found(['documents.0.settings', 'is bad'])), 'documents.0.settings: is bad.');
});

test('what it says in a sentence is told in options too, and other failures stay as they are', () => {
  assert.equal(
    told('Give `objectKind` and `object` together, or neither; not `reply`.'),
    'Give --object-kind and --object together, or neither; not `reply`.',
  );
  const other = new Failure('not-found', 'device-not-found', 'There is no `device`.');
  assert.equal(inOwnWords(other, command), other);
});
