/** What waits for a second administrator, on both stores. */
import assert from 'node:assert/strict';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { storeTest } from '../../test/support/stores.ts';
import { concludeHeldChange, decideHeldChange } from '../access/decide-held-change.ts';
import { holdChange } from '../access/hold-change.ts';
import { systemCause } from '../events/event.ts';
import { hour, minute } from '../lib/clock.ts';

const asker = { kind: 'token', id: 't', name: 'ci', person: 'p', claimed: null } as const;
const other = { by: { kind: 'administrator', id: 'a', name: 'ada' }, person: 'a', cause: systemCause } as const;
const request = { method: 'POST', url: '/api/v1/x', body: { some: ['"quoted"'] }, ifMatch: null };

storeTest('a change is held once, decided once, concluded, and forgotten', async (stores) => {
  const clock = fakeClock();
  const ports = { ...stores, clock };
  const hold = (fingerprint = 'f') =>
    holdChange(ports, { operation: 're-issue', asker, request, deployments: 7, fingerprint, cause: systemCause });
  const first = await hold();
  assert.deepEqual(await stores.heldChanges.get(first.id), first);
  assert.equal((await hold()).id, first.id);
  const second = await hold('another');
  assert.deepEqual(await stores.heldChanges.newest(1), [second]);
  const decide = (id = first.id) => decideHeldChange(ports, { ...other, id, decision: 'approved' });
  const both = await Promise.allSettled([decide(), decide()]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'], 'one of two carries it out');
  await assert.rejects(decide(), { code: 'held-change-over' });
  clock.advance(6 * minute);
  const again = await decide();
  assert.equal(again.state, 'approved', 'the server went down over it');
  const outcome = { status: 201, code: null, detail: null };
  const conclude = () => concludeHeldChange(ports, { change: again, state: 'done', outcome, cause: systemCause });
  assert.equal((await conclude()).state, 'done');
  assert.deepEqual(await stores.heldChanges.get(first.id), { ...again, state: 'done', outcome });
  clock.advance(72 * hour);
  await assert.rejects(decide(second.id), { code: 'held-change-over', params: { state: 'expired' } });
  await stores.transact(() => stores.heldChanges.forgetBefore(clock.now()));
  assert.deepEqual(await stores.heldChanges.newest(10), []);
});
