import { makeDeviceKey } from '../../client/make-device-key.ts';
import { sharedTransport } from '../../client/shared-transport.ts';
import { type FleetProgress, simulateFleet } from '../../client/simulate-fleet.ts';
import type { SimulatedDevice, SimulatedResult } from '../../client/simulated-device.ts';
import { sleep } from '../../client/sleep.ts';
import type { Device } from '../../directory/device.ts';
import { systemCause } from '../../events/event.ts';
import type { AgentFacts } from '../../formats/agent/agent-facts.ts';
import type { SampleServer } from './sample-server.ts';

/** Devices at a time: more than one waits while a core is at its RSA. */
const concurrency = 12;

/**
 * These devices of the directory, played by agents with the habits of their platforms: each joins with a token of its own,
 * checks in and enrols, over real HTTPS and SCEP.
 */
export async function playDevices(
  server: Pick<SampleServer, 'foundation' | 'delivery' | 'url' | 'tlsUrl'>,
  devices: readonly Device[],
  options: { readonly onProgress: (progress: FleetProgress) => void; readonly signal: AbortSignal },
): Promise<readonly SimulatedResult[]> {
  const { store, clock } = server.foundation;
  await using transports = sharedTransport(concurrency);
  // In one transaction: a hundred of them would wait for the disk a hundred times.
  const played = await store.transact(async () => {
    const list: SimulatedDevice[] = [];
    for (const device of devices) {
      const { text } = await server.delivery.createJoinToken({ deviceId: device.id, userId: null, cause: systemCause });
      list.push({ facts: simulatedFacts(device), joinToken: text });
    }
    return list;
  });
  return simulateFleet(
    played,
    { server: server.tlsUrl ?? server.url, clock, makeKey: makeDeviceKey, openTransport: transports.open },
    { concurrency, rate: null, ...options, sleep },
  );
}

const told = [
  'osVersion',
  'osEdition',
  'serialNumber',
  'imei',
  'meid',
  'wifiMacAddress',
  'fullyQualifiedDomainName',
  'manufacturer',
  'model',
  'cpuArchitecture',
] as const;

/** What the device would say of itself: the same as the directory holds. */
function simulatedFacts(device: Device): AgentFacts {
  const facts: Partial<Record<(typeof told)[number], string>> = {};
  for (const name of told) {
    const value = device[name];
    if (value !== null) facts[name] = value;
  }
  const { deviceName, platform, isRooted } = device;
  return { ...facts, deviceName, platform, ...(isRooted !== null && { isRooted }) };
}
