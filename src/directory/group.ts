/** A named set of users or of devices; groups may hold groups of their own kind. */
import type { Branded } from '../lib/ids.ts';

export type GroupId = Branded<'GroupId'>;

/** Names are unique without regard to case within the organisation's import files, but ids are what counts. */
export type Group = {
  readonly id: GroupId;
  readonly name: string;
  readonly kind: 'user' | 'device';
  readonly description: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type Member = { readonly kind: 'user' | 'device' | 'group'; readonly id: string };

export type Membership = { readonly groupId: GroupId; readonly member: Member };
