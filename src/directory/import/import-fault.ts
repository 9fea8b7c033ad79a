/** The files of an import folder, by what they hold. */
export const importFiles = {
  users: 'users.csv',
  groups: 'groups.csv',
  members: 'group-members.csv',
  devices: 'devices.csv',
} as const;

export type ImportKind = keyof typeof importFiles;

/** One mistake in an import file. Line and column count from 1, columns in characters; `code` is stable. */
export type ImportFault = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  /** What is wrong, and what would be right. */
  readonly detail: string;
};

/** Of more mistakes than these nobody reads: they are counted. */
export const shownFaults = 1000;

/** A mistake at a cell of a row, counted from 0, whose place is not at hand. */
export type RowFault = Omit<ImportFault, 'file' | 'line' | 'column'> & {
  readonly row: number;
  readonly name: string;
};

/** The mistakes that one walk through a file finds, in the order of its lines. */
export type Faults<Fault = ImportFault> = {
  push(fault: Fault): void;
  /** The first `shownFaults`. */
  first(): readonly Fault[];
  count(): number;
};

export function newFaults<Fault = ImportFault>(): Faults<Fault> {
  const first: Fault[] = [];
  let count = 0;
  return {
    push(fault) {
      count++;
      if (first.length < shownFaults) first.push(fault);
    },
    first: () => first,
    count: () => count,
  };
}
