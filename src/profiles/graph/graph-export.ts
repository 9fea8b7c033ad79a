/** What writing a profile in the shape of Microsoft Graph gives. */
import type { GroupId } from '../../directory/group.ts';
import type { Finding, Severity } from '../finding.ts';
import type { Profile } from '../profile.ts';

/** Who gets a profile, with what Graph wants of it: the id of a group. */
export type ExportedAssignment = {
  readonly mode: 'include' | 'exclude';
  readonly target:
    | { readonly kind: 'allUsers' | 'allDevices' | 'user' | 'device' }
    | { readonly kind: 'group'; readonly groupId: GroupId };
  readonly filter: { readonly filterId: string; readonly mode: 'include' | 'exclude' } | null;
};

export type GraphExportContext = {
  /** The trusted certificate profile that a SCEP certificate profile refers to. */
  readonly root: Profile | null;
  /** `bind`: by id, as Graph takes it; `expand`: the whole profile inside, as it answers with $expand. */
  readonly rootAs: 'bind' | 'expand';
  /** Null leaves them out. */
  readonly assignments: readonly ExportedAssignment[] | null;
  /** Where this server answers SCEP for the profile; it is written where the profile names no address. */
  readonly ownScepAddress: string;
};

export type GraphExport = {
  /** Null when Graph has no such type. */
  readonly object: Readonly<Record<string, unknown>> | null;
  /** What Graph cannot say; paths in our document. */
  readonly findings: readonly Finding[];
};

export function notInGraph(
  findings: Finding[],
  path: string,
  {
    detail,
    fix = null,
    severity = 'warning',
  }: { readonly detail: string; readonly fix?: string | null; readonly severity?: Severity },
): void {
  findings.push({ rule: 'not-in-graph', severity, path, detail, fix });
}
