import type { Device } from '../directory/device.ts';
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
