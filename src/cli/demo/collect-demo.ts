import type { Deployment } from '../../deployments/deployment.ts';
import type { Device } from '../../directory/device.ts';
import type { Page, PageRequest } from '../../lib/page.ts';
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

/** Devices that never called, or were interrupted before they had all that they can have. */
export async function unfinishedDevices(store: Store): Promise<readonly Device[]> {
  const open = new Set<string>();
  for (const { deviceId, wanted, state, kind, expectation } of await allDeployments(store))
    if (wanted && state !== 'installed' && (kind === 'trustedCertificate' || expectation !== null)) open.add(deviceId);
  const devices = await allDevices(store);
  return devices.filter(
    ({ id, lastCheckIn, retiredAt }) => retiredAt === null && (lastCheckIn === null || open.has(id)),
  );
}

function allDevices({ devices }: Store): Promise<readonly Device[]> {
  return everyPage((page) => devices.list({ search: null, platform: null, primaryUserId: null }, page));
}

function allDeployments({ deployments }: Store): Promise<readonly Deployment[]> {
  return everyPage((page) => deployments.list({ profileId: null, deviceId: null, states: null }, page));
}

async function everyPage<T>(list: (page: PageRequest) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list({ limit: 200, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}
