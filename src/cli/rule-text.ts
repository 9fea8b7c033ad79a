import type { RemovalRule } from '../profiles/removal-rule.ts';

/** What happens to something that a device is to have no more. */
export function ruleText({ removeFromDevice, revoke, afterDays, reason }: RemovalRule): string {
  const removed = removeFromDevice ? 'removed from the device' : 'left on the device';
  return revoke ? `${removed}, revoked ${whenText(afterDays)} (${reason})` : `${removed}, not revoked`;
}

/** What happens to the certificate that another one replaces. */
export function replacedText({ revoke, afterDays, reason }: RemovalRule): string {
  const once = 'once the new one is in place the old one is';
  return revoke ? `${once} revoked ${whenText(afterDays)} (${reason})` : `${once} left until it ends`;
}

function whenText(days: number): string {
  return days === 0 ? 'at once' : days === 1 ? 'after a day' : `after ${days} days`;
}
