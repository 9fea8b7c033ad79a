import type { Device } from '../../directory/device.ts';
import type { DeviceStore } from '../../directory/device-store.ts';
import type { Platform } from '../../directory/platform.ts';
import type { Finding } from '../../profiles/finding.ts';
import { evaluateFilter } from './evaluate-filter.ts';
import { readFilter } from './read-filter.ts';

export type FilterPreview = {
  readonly findings: readonly Finding[];
  /** Devices that answer to the rule; null when it cannot be used. */
  readonly matching: number | null;
  /** All devices of the platform that are not retired. */
  readonly devices: number;
  /** Of those that match, in the order of names. */
  readonly items: readonly Device[];
  /** `skip` of the next page; null: this was the last. */
  readonly next: number | null;
};

const batch = 1000;

/** What a rule would select among the devices that there are; writes nothing. Reads every device of the platform. */
export async function previewFilter(
  { devices }: { readonly devices: Pick<DeviceStore, 'list'> },
  input: { readonly rule: string; readonly platform: Platform; readonly limit: number; readonly skip: number },
): Promise<FilterPreview> {
  const { tree, findings } = readFilter(input.rule, input.platform);
  const items: Device[] = [];
  let matching = 0;
  let all = 0;
  let cursor: string | null = null;
  do {
    const query = { search: null, platform: input.platform, primaryUserId: null };
    const page = await devices.list(query, { limit: batch, cursor });
    for (const device of page.items) {
      if (device.retiredAt !== null) continue;
      all += 1;
      if (tree === null || !evaluateFilter(tree, device)) continue;
      matching += 1;
      if (matching > input.skip && items.length < input.limit) items.push(device);
    }
    cursor = page.next;
  } while (cursor !== null);
  const end = input.skip + items.length;
  return {
    findings,
    matching: tree === null ? null : matching,
    devices: all,
    items,
    next: items.length > 0 && end < matching ? end : null,
  };
}
