/**
 * What importing profiles of Microsoft Graph is given and gives. The result are documents in our own shape, to be judged
 * like any other, and everything that an administrator should know of the way there.
 */
import type { Platform } from '../../directory/platform.ts';
import { type Fields, pathTo } from '../document-reader.ts';
import type { TrustedCandidate } from '../find-trusted-profile.ts';
import type { Finding, Severity } from '../finding.ts';
import type { GraphType } from './graph-type.ts';

export type GraphImportOptions = {
  /** Windows profiles become Windows 8.1 instead of Windows 10 and later: Graph has one type for both. */
  readonly windows81: boolean;
  /** Slugs of trusted certificate profiles for references that nothing else answers: by Graph's id, or by platform. */
  readonly roots: readonly { readonly graphId: string | null; readonly slug: string }[];
  /** What the server has; null: no server is asked. */
  readonly known: readonly TrustedCandidate[] | null;
  /** The name, or id, here of the group with an id there; null when there is none. Without it ids stay as they are. */
  readonly findGroup?: (graphId: string) => string | null;
  /** The same for filters of assignments. */
  readonly findFilter?: (graphId: string) => string | null;
  /** Where this server answers SCEP, without a trailing slash: profiles with such addresses need none of their own. */
  readonly ownScepAddress?: string;
};

export type ImportedProfile = {
  /** Of the object in the JSON: `value.3`; empty for the whole. */
  readonly path: string;
  /** Graph's name of its type. */
  readonly type: string;
  readonly kind: GraphType['kind'];
  readonly platform: Platform;
  readonly name: string;
  readonly slug: string;
  /** What `parseProfile` reads. */
  readonly document: Readonly<Record<string, unknown>>;
};

export type GraphImport = {
  /** Trusted certificate profiles first. */
  readonly profiles: readonly ImportedProfile[];
  /** With paths in the JSON. An error means that nothing of the import may be stored. */
  readonly findings: readonly Finding[];
};

const leftOut = 'not-carried-over';

/** What the other product has and this one cannot have, or cannot know. */
export function notCarriedOver(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ rule }) => rule === leftOut);
}

export function leaveOut(
  { findings }: Pick<Fields, 'findings'>,
  path: string,
  detail: string,
  { fix = null, severity = 'warning' }: { readonly fix?: string | null; readonly severity?: Severity } = {},
): void {
  findings.push({ rule: leftOut, severity, path, detail, fix });
}

/** Something became something else, and somebody should know. */
export function tell(fields: Fields, name: string, detail: string, fix: string | null = null): void {
  fields.findings.push({ rule: 'converted', severity: 'information', path: pathTo(fields, name), detail, fix });
}

export function unknownProperty(fields: Fields, name: string): void {
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  leaveOut(fields, pathTo(fields, shown), `“${shown}” is no property that is known here.`, {
    severity: (fields.values[name] ?? null) === null ? 'information' : 'warning',
  });
}
