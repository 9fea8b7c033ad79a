/** Filters, applicability rules and co-management through to deployments, on both stores. */
import assert from 'node:assert/strict';
import { makeDevice, makeFilter, makeScepProfile, makeTrustedProfile } from '../../test/support/make-facts.ts';
import { storeTest } from '../../test/support/stores.ts';
import { assign } from '../assignments/assign.ts';
import { saveFilter } from '../assignments/filter/save-filter.ts';
import { saveDevice } from '../directory/save-device.ts';
import { systemCause as cause } from '../events/event.ts';
import type { ScepSettings } from '../profiles/scep-settings.ts';
import { reconcile } from './reconcile.ts';

const clock = { now: () => 1000, monotonic: () => 0 };

storeTest(
  'a device that no longer answers to a filter or a rule loses the profile, and gets it back',
  async (stores) => {
    const deps = { ...stores, clock, wanted: { ...stores, reach: stores } };
    const range = { rule: 'assignIf', minimum: '10.0.19041.0', maximum: '10.0.22631.9999' } as const;
    const root = makeTrustedProfile('windows10');
    const ruled = makeScepProfile(root, { applicabilityRules: { osVersion: range } } as Partial<ScepSettings>);
    const filtered = makeScepProfile(root);
    const filter = makeFilter({ platform: 'windows10', rule: '(device.deviceCategory -eq "Office")' });
    const device = makeDevice({ platform: 'windows10', osVersion: '10.0.22631.1', deviceCategory: 'Office' });
    await stores.transact(async () => {
      await stores.devices.save([device]);
      await stores.filters.save(filter);
      for (const profile of [root, ruled, filtered]) await stores.profiles.save(profile);
    });
    const everything = { mode: 'include', target: { kind: 'allDevices' } } as const;
    const through = { ...everything, filter: { filterId: filter.id, mode: 'include' } } as const;
    await assign(deps, { profileId: root.id, assignments: [everything], cause });
    await assign(deps, { profileId: ruled.id, assignments: [everything], cause });
    await assign(deps, { profileId: filtered.id, assignments: [through], cause });
    const settle = async () => {
      await reconcile(deps, { limit: 100, cause });
      const all = await stores.deployments.byDevices([device.id]);
      return [ruled, filtered].map(({ id }) => {
        const found = all.find(({ profileId }) => profileId === id);
        return [found?.wanted, found?.state, found?.generation];
      });
    };
    const say = (facts: object) => saveDevice(deps, { id: device.id, facts, source: 'api', cause });
    const had = [true, 'requested', 1];
    const lost = [false, 'removedFromCollection', 1];
    assert.deepEqual(await settle(), [had, had]);
    await say({ osVersion: '10.0.26100.1' });
    assert.deepEqual(await settle(), [lost, had]);
    await say({ osVersion: '10.0.19041.0', deviceCategory: 'Field' });
    assert.deepEqual(await settle(), [had, lost]);
    // The filter changes, and with it who answers to it.
    const rule = '(device.deviceCategory -in ["Office","Field"])';
    await saveFilter(deps, { ...filter, rule, version: 1, cause });
    assert.deepEqual(await settle(), [had, had]);
    await say({ coManagementWorkload: 'configurationManager' });
    assert.deepEqual(
      (await settle()).map(([wanted]) => wanted),
      [false, false],
    );
  },
);
