import type { Device, DeviceFacts } from '../directory/device.ts';
import { isPlatform } from '../directory/platform.ts';
import type { AgentFacts } from '../formats/agent/agent-facts.ts';

type Reported = Device['reported'];

/** What an agent said, as the directory keeps it: apart from what others said about the device. */
export function reportedFacts(facts: AgentFacts): Reported {
  const { platform, ...others } = facts;
  return isPlatform(platform) ? { ...others, platform } : others;
}

/** A device whose first complete inventory has arrived is registered; device groups count from then on. */
export function isCompleteInventory(reported: Reported): boolean {
  return reported.platform !== undefined && reported.osVersion !== undefined && reported.osVersion !== null;
}

/** Names of the facts that differ. */
export function changedFacts(before: Reported, after: Reported): (keyof DeviceFacts)[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof DeviceFacts)[]);
  return [...names].filter((name) => (before[name] ?? null) !== (after[name] ?? null));
}
