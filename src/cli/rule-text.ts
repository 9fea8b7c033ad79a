import type { RemovalRule } from '../profiles/removal-rule.ts';

/** What happens to something that a device is to have no more. */
export function ruleText({ removeFromDevice, revoke, afterDays, reason }: RemovalRule): string {
  const when = afterDays === 0 ? 'at once' : afterDays === 1 ? 'after a day' : `after ${afterDays} days`;
  const removed = removeFromDevice ? 'removed from the device' : 'left on the device';
  return revoke ? `${removed}, revoked ${when} (${reason})` : `${removed}, not revoked`;
}
