import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planText } from './plan-text.ts';

test('assignments are told in words', () => {
  const text = planText({
    items: [
      {
        id: null,
        slug: 'wifi',
        kind: 'scep',
        name: 'Wi-Fi',
        platform: 'ios',
        source: 'ios.yaml',
        action: 'change',
        changes: [],
        assignments: {
          added: [{ include: { group: 'Sales' }, filter: { exclude: 'Loaned' } }, { include: 'allUsers' }],
          removed: [{ exclude: { device: 'Kiosk 1' } }],
        },
        findings: [],
      },
    ],
    removals: [],
    impact: null,
  } as unknown as Parameters<typeof planText>[0]);
  assert.match(text, /assignments: \+ include group “Sales”, filter exclude “Loaned”\n/);
  assert.match(text, /assignments: \+ include allUsers\n/);
  assert.match(text, /assignments: - exclude device “Kiosk 1”\n/);
});
