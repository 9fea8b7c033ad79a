import type { FieldNote } from '../../ui/field-notes.tsx';

/** As the server's routes answer them. */
export type ShownFinding = {
  readonly severity: FieldNote['tone'];
  readonly path: string;
  readonly detail: string;
  readonly fix: string | null;
};

export function notesOf(findings: readonly ShownFinding[]): readonly FieldNote[] {
  return findings.map(({ severity, detail, fix }) => ({ tone: severity, text: detail, fix, mends: [] }));
}
