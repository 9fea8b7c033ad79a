/** What the server would do, or did, with the documents of files. */

import type { Planned, PlannedRemovals } from '../../assignments/applied-profile.ts';
import type { ApplyProfilesResult } from '../../assignments/apply-profiles.ts';
import { usesOwnRoot, withOwnRoot } from '../../profiles/own-root.ts';
import type { ApiClient } from '../api-client.ts';
import { serverRoot } from '../default-authority.ts';
import { type PlacedFinding, type ProfileFile, placed } from '../profile-files.ts';
import type { ImpactView } from './impact-text.ts';

/** What the server answers. */
export type PlanAnswer = Omit<ApplyProfilesResult, 'world'> & { readonly impact?: readonly ImpactView[] | null };

export type ApplyRequest = {
  readonly documents: readonly { readonly document: unknown; readonly planned?: Planned }[];
  readonly prune?: { readonly planned?: PlannedRemovals };
};

/** An item of the server's answer, with where its document stands. */
export type PlannedFile = Omit<PlanAnswer['items'][number], 'findings'> & {
  readonly source: string;
  readonly findings: readonly PlacedFinding[];
};

export type PlannedFiles = {
  readonly outcome: PlanAnswer['outcome'];
  readonly items: readonly PlannedFile[];
  readonly removals: PlanAnswer['removals'];
  /** What it does to devices; null where that was not asked for. */
  readonly impact: readonly ImpactView[] | null;
  readonly next: null;
};

/** The request for these files; `ownRoot` becomes the server's own. */
export async function applyRequest(
  api: ApiClient,
  files: readonly ProfileFile[],
  prune: boolean,
): Promise<ApplyRequest> {
  const root = files.some(({ document }) => usesOwnRoot(document)) ? await serverRoot(api) : '';
  const documents = files.map(({ document }) => ({ document: withOwnRoot(document, root) }));
  return { documents, ...(prune && { prune: {} }) };
}

/** The same request, which is carried out only if it does what `plan` says. */
export function asPlanned(request: ApplyRequest, { items, removals }: Pick<PlanAnswer, 'items' | 'removals'>) {
  return {
    documents: request.documents.map(({ document }, i) => {
      const { version = null, assignments = null } = items[i] ?? {};
      return { document, planned: { version, assignments } };
    }),
    ...(request.prune && { prune: { planned: removals.map(({ slug, version }) => ({ slug, version })) } }),
  } satisfies ApplyRequest;
}

export function withSources(
  { outcome, items, removals, impact = null }: PlanAnswer,
  files: readonly Pick<ProfileFile, 'source' | 'file' | 'placeOf' | 'inSource'>[],
): PlannedFiles {
  const listed = items.flatMap((item, i) => {
    const file = files[i];
    return file === undefined ? [] : [{ ...item, source: file.source, findings: placed(file, item.findings) }];
  });
  return { outcome, items: listed, removals, impact, next: null };
}
