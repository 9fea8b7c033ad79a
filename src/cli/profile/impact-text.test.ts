import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ImpactView, impactText } from './impact-text.ts';

const none = { gain: 0, keep: 0, redeliver: 0, reissue: 0, remove: 0, revoke: 0, blocked: 0 };

function text(kind: 'scep' | 'trustedCertificate', counts: Partial<typeof none>, certificates: Partial<typeof none>) {
  const view: ImpactView = {
    profile: { slug: 'wifi', name: 'Wi-Fi', kind },
    counts: { ...none, ...counts },
    certificates: { ...none, ...certificates },
    blocked: [],
    removals: [],
    waits: false,
    first: [{ effect: 'remove', device: { deviceName: 'L1' }, user: null, problem: null }],
  };
  return impactText([view]).split('\n').slice(1).join('\n');
}

test('only devices that have a certificate are said to lose one', () => {
  assert.equal(text('scep', { remove: 31 }, {}), '  31 are to have none any more (none has one): L1, …');
  assert.equal(
    text('scep', { remove: 31 }, { remove: 2 }),
    '  31 are to have none any more (2 of them lose theirs, and it is not revoked): L1, …',
  );
  assert.equal(text('scep', { remove: 1 }, { remove: 1 }), '  1 lose theirs, and it is not revoked: L1');
});

test('nor to keep one or to have it renewed', () => {
  const counts = { keep: 3, redeliver: 3, reissue: 3, blocked: 3 };
  assert.doesNotMatch(text('scep', counts, {}), /keep|theirs|new certificate|stays/);
  const some = { keep: 1, redeliver: 1, reissue: 1, blocked: 1 };
  assert.equal(text('scep', counts, some).match(/\(1 of them have /g)?.length, 4);
  assert.doesNotMatch(text('scep', counts, counts), /\(/);
});

test('what an edit replaces is revoked afterwards, and nothing is lost that could wait', () => {
  const rule = { removeFromDevice: true, revoke: true, afterDays: 0, reason: 'superseded' } as const;
  const removals = [{ occasion: 'profileChanged', rule, countedFrom: 'replacement', count: 2 }] as const;
  const after = (edited: ImpactView['removals']) =>
    impactText([
      {
        profile: { slug: 'wifi', name: 'Wi-Fi', kind: 'scep' },
        counts: { ...none, reissue: 2 },
        certificates: { ...none, reissue: 2 },
        ...{ blocked: [], removals: edited, waits: false, first: [] },
      },
    ]).split('\n')[2];
  assert.equal(
    after(removals),
    '      2 profileChanged: once the new one is in place the old one is revoked at once (superseded)',
  );
  const left = removals.map((one) => ({ ...one, rule: { ...rule, revoke: false } }));
  assert.equal(after(left), '      2 profileChanged: once the new one is in place the old one is left until it ends');
});

test('a trusted certificate profile has no certificates of its own', () => {
  assert.equal(text('trustedCertificate', { remove: 2 }, {}), '  2 lose it: L1');
});
