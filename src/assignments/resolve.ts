/**
 * Who gets a profile, and why: one profile, its assignments and one device in, a decision with every reason out.
 * Pure; nested groups have been walked by whoever calls.
 */
import type { Device } from '../directory/device.ts';
import type { GroupId } from '../directory/group.ts';
import type { User } from '../directory/user.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Assignment, AssignmentTarget } from './assignment.ts';
import { type GateReason, platformGate } from './platform-gate.ts';

/** A device with all that assignments can name about it. */
export type Reach = {
  readonly device: Device;
  /** The primary user; null on devices that nobody owns. */
  readonly user: User | null;
  /** Every group that holds the device, directly or through nesting. */
  readonly deviceGroups: ReadonlySet<GroupId>;
  /** The same of the user; empty without one. */
  readonly userGroups: ReadonlySet<GroupId>;
};

export type ResolutionReason =
  | GateReason
  | { readonly code: 'included' | 'excluded'; readonly by: AssignmentTarget; readonly through: 'user' | 'device' }
  /** Included by a target that waits for the device's first complete inventory. */
  | { readonly code: 'not-registered'; readonly by: AssignmentTarget }
  /** No assignment includes it. */
  | { readonly code: 'not-assigned' };

export type Resolution = { readonly applies: boolean; readonly reasons: readonly ResolutionReason[] };

/**
 * Exclusion wins, of whatever kind (4.1, 4.2). Device groups and all devices wait for `registeredAt`, targets that name a
 * user do not (seed, "Assign the certificate profile"). A user-type profile on a device without a user applies: whether
 * there is enough to fill it in is the expectation's question.
 */
export function resolve(profile: Profile, assignments: readonly Assignment[], reach: Reach): Resolution {
  const reasons: ResolutionReason[] = [...platformGate(profile.settings.platform, reach.device)];
  let applies = reasons.length === 0;
  let included = false;
  let waiting = false;
  for (const { mode, target } of assignments) {
    const through = reachedThrough(target, reach);
    if (through === null) continue;
    if (mode === 'exclude') {
      reasons.push({ code: 'excluded', by: target, through });
      applies = false;
    } else if (through === 'device' && waitsForRegistration(target) && reach.device.registeredAt === null) {
      reasons.push({ code: 'not-registered', by: target });
      waiting = true;
    } else {
      reasons.push({ code: 'included', by: target, through });
      included = true;
    }
  }
  if (!included && !waiting) reasons.push({ code: 'not-assigned' });
  return { applies: applies && included, reasons };
}

/** Whether a target names this device or its user. */
function reachedThrough(target: AssignmentTarget, reach: Reach): 'user' | 'device' | null {
  switch (target.kind) {
    case 'allUsers':
      return reach.user === null ? null : 'user';
    case 'allDevices':
      return 'device';
    case 'user':
      return reach.user?.id === target.userId ? 'user' : null;
    case 'device':
      return reach.device.id === target.deviceId ? 'device' : null;
    case 'group':
      if (reach.userGroups.has(target.groupId)) return 'user';
      return reach.deviceGroups.has(target.groupId) ? 'device' : null;
  }
}

/** A single device was named on purpose: it is known already. */
function waitsForRegistration(target: AssignmentTarget): boolean {
  return target.kind === 'group' || target.kind === 'allDevices';
}
