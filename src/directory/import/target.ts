import type { DeviceId } from '../device.ts';
import type { UserId } from '../user.ts';
import type { Faults, ImportKind, RowFault } from './import-fault.ts';

/** What a row is about: something that exists, or something new under a new id. In the order of the rows. */
export type Target<Id extends string> = { readonly id: Id; readonly exists: boolean };

export type DeviceTarget = Target<DeviceId> & {
  /** Undefined: the file does not say. */
  readonly primaryUserId: UserId | null | undefined;
};

export type MatchOptions = {
  /** What came by an import earlier and is in the files no more shall go. */
  readonly prune: boolean;
  readonly newId: <Id extends string>() => Id;
  /** Take what the rows say wrong together, and beside what is known. */
  readonly faults: Readonly<Record<ImportKind, Faults<RowFault>>>;
};
