import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sharedTransport } from '../../src/client/shared-transport.ts';
import { simulateFleet } from '../../src/client/simulate-fleet.ts';
import { sleep } from '../../src/client/sleep.ts';
import type { Platform } from '../../src/directory/platform.ts';
import { systemCause } from '../../src/events/event.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { newId } from '../../src/lib/ids.ts';
import type { Profile } from '../../src/profiles/profile.ts';
import { poolKey, startAgentWorld } from '../support/agent-world.ts';
import { makeDevice, makeScepProfile, makeTrustedProfile } from '../support/make-facts.ts';

const platforms: readonly Platform[] = [
  'windows10',
  'ios',
  'macos',
  'androidEnterpriseCorporate',
  'linux',
  'ios',
  'ios',
];

it('simulated devices of every platform enrol, each with its own habits, and are told apart in the log', async () => {
  await using world = await startAgentWorld();
  const { store, clock } = world;
  const tokens: { joinToken: string; facts: { deviceName: string; platform: string; osVersion: string } }[] = [];
  for (const platform of new Set(platforms)) {
    if (platform === 'linux') continue;
    const trusted: Profile = makeTrustedProfile(platform);
    const root = {
      ...trusted,
      settings: { ...trusted.settings, certificate: toBase64(world.root.certificate) },
    } as typeof trusted;
    const scep = makeScepProfile(root, { platform } as Parameters<typeof makeScepProfile>[1]);
    await store.transact(async () => {
      for (const profile of [root, scep]) {
        await store.profiles.save(profile);
        await store.assignments.replace(profile.id, [
          { id: newId(clock), profileId: profile.id, mode: 'include', target: { kind: 'allDevices' }, filter: null },
        ]);
      }
    });
  }
  for (const [index, platform] of platforms.entries()) {
    const device = makeDevice({
      deviceName: `SIM-${index}`,
      platform,
      management: platform.startsWith('android') ? 'fullyManaged' : null,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    });
    await store.transact(() => store.devices.save([device]));
    const { text } = await world.delivery.createJoinToken({ deviceId: device.id, userId: null, cause: systemCause });
    tokens.push({ joinToken: text, facts: { deviceName: device.deviceName, platform, osVersion: '1' } });
  }
  await using transports = sharedTransport(8);
  const progress: string[] = [];
  const results = await simulateFleet(
    [
      ...tokens,
      {
        joinToken: `${'A'.repeat(52)}.${'0'.repeat(64)}`,
        facts: { deviceName: 'SIM-X', platform: 'linux', osVersion: '1' },
      },
    ],
    { server: world.url, clock, makeKey: poolKey, openTransport: transports.open },
    {
      concurrency: 4,
      rate: null,
      sleep,
      onProgress: ({ done, total, enrolled, failed }) => progress.push(`${done}/${total} ${enrolled} ${failed}`),
    },
  );
  const failed = results.filter(({ outcome }) => outcome !== 'enrolled');
  assert.deepEqual(
    failed.map(({ device, profile, code }) => [device, profile, code]),
    [['SIM-X', null, 'pin-mismatch']],
  );
  assert.deepEqual(
    results
      .filter(({ outcome }) => outcome === 'enrolled')
      .map(({ device }) => device)
      .sort(),
    platforms.map((_, index) => `SIM-${index}`),
  );
  assert.equal(progress.at(-1), `${platforms.length + 1}/${platforms.length + 1} ${platforms.length} 1`);
  const said = world.logged.join('\n');
  assert.match(said, /"path":"\/scep\/[^"]*\/pkiclient\.exe"/, 'Windows');
});
