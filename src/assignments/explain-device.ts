import type { DeviceId } from '../directory/device.ts';
import { Failure } from '../lib/failure.ts';
import { type Explanation, explain } from './explain.ts';
import { type ExplainDeps, loadExplainInput } from './load-explain-input.ts';
import { loadReach } from './load-reach.ts';

/** Every profile for one device, with the reasons. Fails with `device-not-found`. */
export async function explainDevice(
  deps: ExplainDeps,
  input: { readonly deviceId: DeviceId },
): Promise<readonly Explanation[]> {
  const reach = (await loadReach(deps.reach, [input.deviceId])).get(input.deviceId);
  if (reach === undefined) {
    throw new Failure('not-found', 'device-not-found', 'There is no such device.', { device: input.deviceId });
  }
  const inputFor = await loadExplainInput(deps, [reach]);
  return explain({ ...inputFor(reach), reach });
}
