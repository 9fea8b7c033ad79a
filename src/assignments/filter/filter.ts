/**
 * A filter: a rule about devices of one platform, with a name, that assignments use to take in or leave out some of those
 * whom their target reaches (intune-domain 4.4).
 */
import type { Platform } from '../../directory/platform.ts';
import type { Branded } from '../../lib/ids.ts';
import type { FilterTree } from './filter-tree.ts';

export type FilterId = Branded<'FilterId'>;

export type Filter = {
  readonly id: FilterId;
  /** Unique without regard to case: documents name filters by it. */
  readonly name: string;
  readonly description: string;
  /** Never changes: assignments count on it. */
  readonly platform: Platform;
  /** As its author wrote it. */
  readonly rule: string;
  /** Null: an earlier release took it and this one cannot read it; no device answers to it. */
  readonly tree: FilterTree | null;
  /** Names of scope tags. */
  readonly scopeTags: readonly string[];
  /** Grows by one with every change; what `If-Match` compares. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** How many an installation may have (intune-domain 7.1). */
export const maxFilters = 200;
