import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  organisationClock,
  performEdits,
  randomEdit,
  randomOrganisation,
} from '../../test/support/random-organisation.ts';
import { rounds } from '../../test/support/rounds.ts';
import { openTestStores } from '../../test/support/stores.ts';
import type { Deployment, DeploymentId } from '../deployments/deployment.ts';
import { plan } from '../deployments/plan.ts';
import { systemCause } from '../events/event.ts';
import { findWanted, wholeWorld } from './find-wanted.ts';
import { reconcile } from './reconcile.ts';

const cause = systemCause;
const clock = organisationClock;

/** What must not depend on the way that led there. */
function essence(deployments: readonly Deployment[]) {
  return deployments
    .filter(({ wanted }) => wanted)
    .map(({ profileId, deviceId, userId, kind, expectation, problem, contentVersion }) =>
      JSON.stringify([profileId, deviceId, userId, kind, expectation, problem, contentVersion]),
    )
    .sort();
}

test('reconciled edit by edit is the same as reconciled from nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(randomEdit, { minLength: 5, maxLength: 40 }), async (edits) => {
      await using stores = await openTestStores({ clock });
      const scene = await randomOrganisation(stores);
      const deps = { ...stores, clock, wanted: { ...stores, reach: stores } };
      await performEdits(stores, scene, edits);
      while ((await reconcile(deps, { limit: 3, cause })).devices > 0);

      const deviceIds = scene.devices.map(({ id }) => id);
      const actual = await stores.deployments.byDevices(deviceIds);
      const wanted = await findWanted(deps.wanted, deviceIds, await wholeWorld(deps.wanted));
      let count = 0;
      const newId = () => `new-${++count}` as DeploymentId;
      const fromNothing = deviceIds.flatMap((deviceId) =>
        plan({ deviceId, known: [], wanted: wanted.get(deviceId) ?? [], now: 0, newId, newDeliveryRef: newId }),
      );
      assert.deepEqual(essence(actual), essence(fromNothing.map(({ after }) => after)));

      await stores.transact(() => stores.dirtyQueue.mark(deviceIds));
      const idle = await reconcile(deps, { limit: 100, cause });
      assert.deepEqual(idle, { devices: 5, created: 0, changed: 0, removed: 0, held: 0, cancelledChallenges: 0 });
    }),
    { numRuns: rounds(40, 400) },
  );
});
