import type { AssignmentTarget } from './assignment.ts';

/** The same text for the same target. */
export function targetKey(target: AssignmentTarget): string {
  switch (target.kind) {
    case 'allUsers':
    case 'allDevices':
      return target.kind;
    case 'group':
      return `group ${target.groupId}`;
    case 'user':
      return `user ${target.userId}`;
    case 'device':
      return `device ${target.deviceId}`;
  }
}
