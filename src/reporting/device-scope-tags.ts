import { effectiveScopeTags, type ScopeTag } from '../access/scope-tag.ts';
import type { ScopeTagStore } from '../access/scope-tag-store.ts';
import type { DeviceId } from '../directory/device.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';

export type DeviceScopeTags = {
  /** Names of the tags that count. */
  readonly scopeTags: readonly string[];
  /** Why those: groups that hold the device, what it was given itself, or nothing. */
  readonly from: 'groups' | 'device' | 'default';
  /** Names of what it was given itself. */
  readonly given: readonly string[];
};

export type DeviceScopeTagDeps = {
  readonly scopeTags: Pick<ScopeTagStore, 'all' | 'givenTo'>;
  readonly memberships: Pick<MembershipGraph, 'groupsOfMany'>;
};

/**
 * The scope tags of devices: all those of the groups that hold it; else those that it was given; else Default
 * (intune-domain 4.8: auto-assigned tags overwrite manual ones, and those of several groups all apply). Three reads.
 */
export async function deviceScopeTags(
  deps: DeviceScopeTagDeps,
  deviceIds: readonly DeviceId[],
): Promise<ReadonlyMap<DeviceId, DeviceScopeTags>> {
  const tags = await deps.scopeTags.all();
  const byId = new Map(tags.map((tag) => [tag.id, tag.name]));
  const byGroups = tags.filter(({ groupIds }) => groupIds.length > 0);
  const groups =
    byGroups.length === 0
      ? deviceIds.map(() => [])
      : await deps.memberships.groupsOfMany(deviceIds.map((id) => ({ kind: 'device', id })));
  const givenTo = await deps.scopeTags.givenTo(deviceIds);
  return new Map(
    deviceIds.map((id, at) => {
      const given = (givenTo.get(id) ?? []).flatMap((tag) => byId.get(tag) ?? []);
      return [id, tagsOf(byGroups, new Set<string>(groups[at]), given)];
    }),
  );
}

function tagsOf(tags: readonly ScopeTag[], groups: ReadonlySet<string>, given: readonly string[]): DeviceScopeTags {
  const inherited = tags.filter(({ groupIds }) => groupIds.some((id) => groups.has(id))).map(({ name }) => name);
  if (inherited.length > 0) return { scopeTags: inherited, from: 'groups', given };
  return { scopeTags: effectiveScopeTags(given), from: given.length > 0 ? 'device' : 'default', given };
}
