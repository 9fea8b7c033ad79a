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
