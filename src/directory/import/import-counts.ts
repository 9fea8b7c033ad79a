export type ImportCounts = {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly pruned: number;
};

export const emptyCounts: ImportCounts = { created: 0, updated: 0, unchanged: 0, pruned: 0 };

/** Whether an import changed anything of a kind. */
export function changedAnything({ created, updated, pruned }: ImportCounts): boolean {
  return created + updated + pruned > 0;
}
