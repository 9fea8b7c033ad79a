import type { DeviceId } from '../device.ts';
import type { UserId } from '../user.ts';
import type { deviceColumns } from './columns.ts';
import type { Cells, Columns } from './read-table.ts';

/** A row and the thing it is about: one that exists, or a new one under a new id. */
export type Target<Id extends string, C extends Columns> = {
  readonly id: Id;
  readonly exists: boolean;
  readonly cells: Cells<C>;
};

export type DeviceTarget = Target<DeviceId, typeof deviceColumns> & {
  /** Undefined: the file does not say. */
  readonly primaryUserId: UserId | null | undefined;
};

export type MatchOptions = {
  /** What came by an import earlier and is in the files no more shall go. */
  readonly prune: boolean;
  readonly newId: <Id extends string>() => Id;
};
