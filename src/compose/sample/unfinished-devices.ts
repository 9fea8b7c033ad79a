import type { Deployment } from '../../deployments/deployment.ts';
import type { Device } from '../../directory/device.ts';
import type { Page, PageRequest } from '../../lib/page.ts';
import type { Store } from '../../store/store.ts';

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

export function allDevices({ devices }: Store): Promise<readonly Device[]> {
  return everyPage((page) => devices.list({ search: null, platform: null, primaryUserId: null }, page));
}

export function allDeployments({ deployments }: Store): Promise<readonly Deployment[]> {
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
