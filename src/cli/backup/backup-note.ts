import type { Examined } from '../../compose/restored.ts';

/** What a backup says of itself. */
export type BackupNote = {
  readonly format: 1;
  /** ms. */
  readonly takenAt: number;
  readonly node: string;
  /** Number of the newest step of the schema. */
  readonly schema: number;
  readonly head: { readonly number: number; readonly mac: string } | null;
  readonly lists: Examined['lists'];
  readonly lastEventAt: number | null;
};

/** Null for what is none, or of a later format. */
export function parseNote(text: string | null): BackupNote | null {
  try {
    const note = JSON.parse(text ?? 'null') as Partial<BackupNote> | null;
    return note?.format === 1 && typeof note.takenAt === 'number' ? (note as BackupNote) : null;
  } catch {
    return null;
  }
}
