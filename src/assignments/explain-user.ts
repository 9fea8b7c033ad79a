import type { Device, DeviceId } from '../directory/device.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';
import type { UserId } from '../directory/user.ts';
import { Failure } from '../lib/failure.ts';
import { type Explanation, explain, explainWithoutDevice } from './explain.ts';
import { type ExplainDeps, loadExplainInput } from './load-explain-input.ts';
import { loadReach, type ReachDeps } from './load-reach.ts';

/** For one of the user's devices; null: the user has none. */
export type UserExplanation = Explanation & { readonly device: Pick<Device, 'id' | 'deviceName' | 'platform'> | null };

/**
 * Every profile for every device whose primary user this is, device by device; for a user without devices, what the user
 * alone would get. Fails with `user-not-found`.
 */
export async function explainUser(
  deps: ExplainDeps & { readonly reach: ReachDeps & { readonly memberships: Pick<MembershipGraph, 'devicesOf'> } },
  input: { readonly userId: UserId },
): Promise<readonly UserExplanation[]> {
  const [user] = await deps.reach.users.getMany([input.userId]);
  if (user === undefined) {
    throw new Failure('not-found', 'user-not-found', 'There is no such user.', { user: input.userId });
  }
  const deviceIds: readonly DeviceId[] = await deps.reach.memberships.devicesOf([{ kind: 'user', id: user.id }]);
  const reaches = [...(await loadReach(deps.reach, deviceIds)).values()];
  if (reaches.length === 0) {
    const [groups = []] = await deps.reach.memberships.groupsOfMany([{ kind: 'user', id: user.id }]);
    const alone = { device: null, user, deviceGroups: new Set<never>(), userGroups: new Set(groups) };
    const inputFor = await loadExplainInput(deps, [alone]);
    return explainWithoutDevice({ ...inputFor(alone), reach: alone }).map((each) => ({ ...each, device: null }));
  }
  const inputFor = await loadExplainInput(deps, reaches);
  return reaches.flatMap((reach) => {
    const { id, deviceName, platform } = reach.device;
    const device = { id, deviceName, platform };
    return explain({ ...inputFor(reach), reach }).map((each) => ({ ...each, device }));
  });
}
