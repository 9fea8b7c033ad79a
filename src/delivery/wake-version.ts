import { sha256Hex } from '../crypto/digest.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { DeviceId } from '../directory/device.ts';
import { utf8 } from '../lib/bytes.ts';
import type { Cadence, CadenceStore } from './cadence.ts';

/**
 * What a device would be told, as one short text per device: it changes when something new is due, or the cadence does,
 * and not by what the device itself reports. Two queries for any number of devices.
 */
export async function wakeVersions(
  deps: { readonly deployments: DeploymentStore; readonly cadence: CadenceStore },
  deviceIds: readonly DeviceId[],
): Promise<ReadonlyMap<DeviceId, string>> {
  const cadence = await deps.cadence.get();
  const byDevice = Map.groupBy(await deps.deployments.byDevices(deviceIds), ({ deviceId }) => deviceId);
  return new Map(deviceIds.map((id) => [id, wakeVersionOf(byDevice.get(id) ?? [], cadence)]));
}

/** The same of one device, from all its deployments and the cadence that is set. */
export function wakeVersionOf(deployments: readonly Deployment[], cadence: Cadence | null): string {
  const lines = deployments.map(
    ({ id, wanted, generation, revision, contentVersion, deliveryVersion }) =>
      `${id} ${wanted} ${generation} ${revision} ${contentVersion} ${deliveryVersion}`,
  );
  return sha256Hex(utf8([JSON.stringify(cadence), ...lines.sort()].join('\n'))).slice(0, 32);
}
