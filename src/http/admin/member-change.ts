import { z } from 'zod';
import type { Member } from '../../directory/group.ts';
import { type DirectoryNames, findDevice, findGroup, findUser } from './directory-names.ts';
import { nameParam } from './find-named.ts';

const memberInput = z.strictObject({
  kind: z.enum(['user', 'device', 'group']),
  member: nameParam('Id, or exact name (of users: the user principal name)'),
});
export const memberChange = z.strictObject({
  add: z.array(memberInput).max(1000).default([]),
  remove: z.array(memberInput).max(1000).default([]),
});
export async function membersOf(
  names: DirectoryNames,
  inputs: readonly z.infer<typeof memberInput>[],
): Promise<Member[]> {
  const members: Member[] = [];
  for (const { kind, member } of inputs) {
    const find = { user: findUser, device: findDevice, group: findGroup }[kind];
    members.push({ kind, id: (await find(names, member)).id });
  }
  return members;
}
