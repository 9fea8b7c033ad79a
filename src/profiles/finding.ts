export type Severity = 'error' | 'warning' | 'information';

/** One thing to know about a profile before a device meets it. With an error among them a profile is not saved. */
export type Finding = {
  /** `V6`, `wrong-type`: stable. */
  readonly rule: string;
  readonly severity: Severity;
  /** Where in the document: `settings.subjectAlternativeNames.0.value`; empty for the whole. */
  readonly path: string;
  /** What is wrong. */
  readonly detail: string;
  /** How to mend it; null when `detail` leaves no question. */
  readonly fix: string | null;
  /** Where in the text at `path`, in UTF-16 units from 0, when it is one place. */
  readonly offset?: number;
  /** Texts to put in the place of the one at `path`: the author chooses. Left out when there is none. */
  readonly mends?: readonly Mend[];
};

/** One way to mend a text. */
export type Mend = {
  /** What it does: “Quote the value”. */
  readonly label: string;
  /** The whole text at the finding's path, mended. */
  readonly text: string;
  /** What the mended text comes to: a name as CertNameToStr writes it, variables in braces. Null while it is still wrong. */
  readonly preview: string | null;
};

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
