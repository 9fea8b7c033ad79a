import { sha256Hex } from '../crypto/digest.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { DeviceId } from '../directory/device.ts';
import { utf8 } from '../lib/bytes.ts';
import type { CadenceStore } from './cadence.ts';

/**
 * What a device would be told, as one short text per device: it changes when something new is due, or the cadence does,
 * and not by what the device itself reports. Two queries for any number of devices.
 */
export async function wakeVersions(
  deps: { readonly deployments: DeploymentStore; readonly cadence: CadenceStore },
  deviceIds: readonly DeviceId[],
): Promise<ReadonlyMap<DeviceId, string>> {
  const cadence = JSON.stringify(await deps.cadence.get());
  const lines = new Map<DeviceId, string[]>(deviceIds.map((id) => [id, []]));
  for (const {
    id,
    deviceId,
    wanted,
    generation,
    revision,
    contentVersion,
    deliveryVersion,
  } of await deps.deployments.byDevices(deviceIds))
    lines.get(deviceId)?.push(`${id} ${wanted} ${generation} ${revision} ${contentVersion} ${deliveryVersion}`);
  return new Map(
    [...lines].map(([id, deployments]) => [
      id,
      sha256Hex(utf8([cadence, ...deployments.sort()].join('\n'))).slice(0, 32),
    ]),
  );
}
