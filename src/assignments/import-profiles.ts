import type { GroupId } from '../directory/group.ts';
import type { GroupStore } from '../directory/group-store.ts';
import type { Cause } from '../events/event.ts';
import { isId } from '../lib/ids.ts';
import { type Finding, hasErrors } from '../profiles/finding.ts';
import { type GraphImport, type GraphImportOptions, notCarriedOver } from '../profiles/graph/graph-import.ts';
import { findingsInGraph } from '../profiles/graph/graph-path.ts';
import { importGraph } from '../profiles/graph/import-graph.ts';
import type { Profile } from '../profiles/profile.ts';
import { profileDocument } from '../profiles/profile-document.ts';
import type { AppliedProfile } from './applied-profile.ts';
import { type ApplyProfilesDeps, type ApplyProfilesResult, applyProfiles } from './apply-profiles.ts';
import type { FilterId } from './filter/filter.ts';

export type ImportProfilesDeps = ApplyProfilesDeps & {
  readonly groups: Pick<GroupStore, 'get'>;
  /** Where this server answers SCEP, without a trailing slash. */
  readonly ownScepAddress: string;
};

export type ImportProfilesInput = Pick<GraphImportOptions, 'windows81' | 'roots'> & {
  /** Parsed JSON of Microsoft Graph. */
  readonly graph: unknown;
  /** Names, or ids, of groups here for ids of groups there. */
  readonly groups: readonly { readonly graphId: string; readonly group: string }[];
  /** The same for filters. */
  readonly filters: readonly { readonly graphId: string; readonly filter: string }[];
  readonly mode: 'plan' | 'apply';
  /** Asked before anything is done; throws to stop it. */
  readonly permit: (documents: readonly Readonly<Record<string, unknown>>[]) => void;
  readonly cause: Cause;
};

export type ImportedItem = AppliedProfile & {
  /** Of the object in the JSON; findings have their paths there too. */
  readonly path: string;
  /** Graph's name of its type. */
  readonly type: string;
  /** What was applied, or would be. */
  readonly document: Readonly<Record<string, unknown>>;
};

export type ImportProfilesResult = {
  readonly outcome: ApplyProfilesResult['outcome'];
  readonly items: readonly ImportedItem[];
  /** Of the import itself. */
  readonly findings: readonly Finding[];
  readonly notCarriedOver: readonly Finding[];
};

/**
 * Makes profiles of this server out of profiles of Microsoft Graph, all of them or none, with the assignments that can be
 * carried over. One of the same kind, platform and name that is here already becomes what Graph says, and keeps what Graph
 * has no word for: how the server treats its requests, and its scope tags.
 */
export async function importProfiles(
  deps: ImportProfilesDeps,
  input: ImportProfilesInput,
): Promise<ImportProfilesResult> {
  const known = await deps.profiles.all();
  const imported = await read(deps, input, known);
  const documents = imported.profiles.map(({ slug, document }) => withStored(known, slug, document));
  input.permit(documents);
  const failed = hasErrors(imported.findings);
  const applied = await applyProfiles(deps, {
    documents: documents.map((document) => ({ document })),
    prune: null,
    mode: failed ? 'plan' : input.mode,
    cause: input.cause,
  });
  const lost = notCarriedOver(imported.findings);
  return {
    outcome: failed ? 'refused' : applied.outcome,
    items: applied.items.flatMap((item, i) => {
      const [profile, document] = [imported.profiles[i], documents[i]];
      if (profile === undefined || document === undefined) return [];
      const findings = findingsInGraph(profile, item.findings, imported.findings);
      return [{ ...item, findings, path: profile.path, type: profile.type, document }];
    }),
    findings: imported.findings.filter((finding) => !lost.includes(finding)),
    notCarriedOver: lost,
  };
}

/** Read twice: the first time to learn which groups and filters it speaks of. */
async function read(
  { groups, filters, ownScepAddress }: ImportProfilesDeps,
  { graph, windows81, roots, ...given }: ImportProfilesInput,
  known: readonly Profile[],
): Promise<GraphImport> {
  const options = { windows81, roots, known, ownScepAddress };
  const group = namesOf(
    given.groups.map(({ graphId, group }) => [graphId, group]),
    async (id) => (await groups.get(id as GroupId))?.id ?? null,
  );
  const filter = namesOf(
    given.filters.map(({ graphId, filter }) => [graphId, filter]),
    async (id) => (await filters.get(id as FilterId))?.id ?? null,
  );
  importGraph(graph, { ...options, findGroup: group.find, findFilter: filter.find });
  await group.lookUp();
  await filter.lookUp();
  return importGraph(graph, { ...options, findGroup: group.find, findFilter: filter.find });
}

/** What ids there mean here: as given, else what has the same id here. Ids that were asked for are looked up together. */
function namesOf(
  given: readonly (readonly [graphId: string, name: string])[],
  get: (id: string) => Promise<string | null>,
) {
  const names = new Map<string, string | null>(given.map(([graphId, name]) => [graphId.toLowerCase(), name]));
  const asked = new Set<string>();
  return {
    find(id: string): string | null {
      asked.add(id);
      return names.get(id) ?? null;
    },
    async lookUp(): Promise<void> {
      for (const id of asked) if (!names.has(id)) names.set(id, isId(id) ? await get(id) : null);
    },
  };
}

function withStored(
  known: readonly Profile[],
  slug: string,
  document: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const stored = known.find((profile) => profile.slug === slug);
  if (stored === undefined) return document;
  const { server, scopeTags } = profileDocument(stored, { rootSlug: null, assignments: null });
  return { scopeTags, ...(server !== undefined && { server }), ...document };
}
