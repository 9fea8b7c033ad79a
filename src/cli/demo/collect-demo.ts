import { allDeployments, allDevices } from '../../compose/sample/unfinished-devices.ts';
import type { Store } from '../../store/store.ts';
import { type DemoSummary, summarise } from './demo-summary.ts';
import type { ExpectedFailure } from './expectations.ts';

/** What the store holds once the devices have enrolled. `lost`: devices that did not get as far as checking in. */
export async function collectDemo(
  store: Store,
  lost: readonly { readonly device: string; readonly code: string; readonly detail: string }[],
  expected: readonly ExpectedFailure[],
): Promise<Omit<DemoSummary, 'seconds' | 'data'>> {
  const devices = await allDevices(store);
  const names = new Map<string, string>(devices.map(({ id, deviceName }) => [id, deviceName]));
  const slugs = new Map<string, string>((await store.profiles.all()).map(({ id, slug }) => [id, slug]));
  const deployments = await allDeployments(store);
  const named = deployments.map((deployment) => ({
    device: names.get(deployment.deviceId) ?? deployment.deviceId,
    profile: slugs.get(deployment.profileId) ?? deployment.profileId,
    deployment,
  }));
  return { devices: devices.length, ...summarise(named, lost, expected) };
}
