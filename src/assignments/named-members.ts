import type { Member } from '../directory/group.ts';
import type { AssignmentTarget } from './assignment.ts';
import { targetKey } from './target-key.ts';

/** Whom targets name, each once; or everybody, because one of them does. */
export function namedMembers(targets: readonly AssignmentTarget[]): readonly Member[] | 'everybody' {
  const members = new Map<string, Member>();
  for (const target of targets) {
    if (target.kind === 'allUsers' || target.kind === 'allDevices') return 'everybody';
    members.set(targetKey(target), memberOf(target));
  }
  return [...members.values()];
}

function memberOf(target: Extract<AssignmentTarget, { kind: 'group' | 'user' | 'device' }>): Member {
  switch (target.kind) {
    case 'group':
      return { kind: 'group', id: target.groupId };
    case 'user':
      return { kind: 'user', id: target.userId };
    case 'device':
      return { kind: 'device', id: target.deviceId };
  }
}
