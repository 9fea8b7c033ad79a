import { Failure } from '../../lib/failure.ts';

/** By primary result code of SQLite: what is the matter, and what to do. */
const known: Readonly<Record<number, readonly [code: string, what: string, mend: string]>> = {
  3: [
    'database-unusable',
    'may not be used by this user',
    'Run as the user that owns it, or give it to this one with chown.',
  ],
  8: ['database-unusable', 'cannot be written', 'Run as the user that owns it, or give it to this one with chown.'],
  10: [
    'database-unusable',
    'cannot be read or written: the disk failed',
    'Look at the disk and the log of the system.',
  ],
  11: ['database-damaged', 'is damaged', 'Go back to a copy of it (docs/operations.md).'],
  13: ['database-unusable', 'cannot grow: the disk is full', 'Make room.'],
  14: [
    'database-unusable',
    'cannot be opened',
    'Run as the user that owns it and its folder, or give both to this one with chown.',
  ],
  26: [
    'database-damaged',
    'is no SQLite database',
    'Go back to a copy of it, or choose another data directory (SCEPWARD_DATA).',
  ],
};

/** The Failure that says why `file` cannot be opened: `database-unusable` or `database-damaged`; any other error as it is. */
export function sqliteFailure(file: string, error: unknown): unknown {
  const { errcode, code } = error as { readonly errcode?: unknown; readonly code?: unknown };
  // The upper octets of a result code say more than we need.
  const number = typeof errcode === 'number' ? errcode & 0xff : ['EACCES', 'EPERM'].includes(String(code)) ? 14 : 0;
  const found = known[number];
  if (found === undefined) return error;
  const [name, what, mend] = found;
  return new Failure('misconfigured', name, `The database ${file} ${what}. ${mend}`, { file }, { cause: error });
}
