import type { Cause } from '../events/event.ts';
import { type Finding, hasErrors } from '../profiles/finding.ts';
import { identityOf } from '../profiles/profile-meant.ts';
import type { ProfileChange } from '../profiles/setting-effect.ts';
import { bySeverity } from '../profiles/validate-profile.ts';
import type { AppliedProfile } from './applied-profile.ts';
import { type Filter, maxFilters } from './filter/filter.ts';
import { type FilterDraft, parseFilterDocument } from './filter/filter-document.ts';
import { type SaveFilterDeps, saveFilter } from './filter/save-filter.ts';
import { type ScopeTagNames, scopeTagFindings } from './scope-tag-findings.ts';

export type ApplyFilterDeps = SaveFilterDeps & { readonly scopeTags: ScopeTagNames };

/**
 * One document of a filter, carried out in the caller's transaction: the filter of its name, without regard to case, is made or
 * changed. What may not be is in the findings, and then nothing was done.
 */
export async function applyFilter(
  deps: ApplyFilterDeps,
  input: {
    readonly document: unknown;
    readonly earlier: readonly AppliedProfile[];
    readonly cause: Cause;
  },
): Promise<AppliedProfile> {
  const { document, earlier, cause } = input;
  const { draft, findings } = parseFilterDocument(document);
  const name = draft?.name ?? identityOf(document).name ?? '';
  const stored = await deps.filters.findByName(name);
  const about = draft === null ? [] : await obstacles(deps, draft, { stored, earlier });
  if (draft === null || hasErrors(about)) return item(document, stored, 'refused', [], [...findings, ...about]);
  const scopeTags = carried(draft.scopeTags);
  const tags = await scopeTagFindings(deps, scopeTags);
  const { filter, outcome } = await saveFilter(deps, {
    ...draft,
    scopeTags,
    id: stored?.id ?? null,
    version: null,
    cause,
  });
  const action = outcome === 'created' ? 'create' : outcome === 'changed' ? 'change' : 'unchanged';
  return item(
    document,
    stored,
    action,
    stored === null ? [] : changesOf(stored, filter),
    bySeverity([...findings, ...tags]),
  );
}

/** Default alone is none (`access/scope-tag.ts`). */
function carried(names: readonly string[]): readonly string[] {
  return names.every((name) => name.trim().toLowerCase() === 'default') ? [] : names;
}

async function obstacles(
  { filters }: Pick<ApplyFilterDeps, 'filters'>,
  { name, platform }: FilterDraft,
  { stored, earlier }: { readonly stored: Filter | null; readonly earlier: readonly AppliedProfile[] },
): Promise<readonly Finding[]> {
  const error = (rule: string, path: string, detail: string, fix: string): Finding => ({
    rule,
    severity: 'error',
    path,
    detail,
    fix,
  });
  if (earlier.some((one) => one.kind === 'filter' && one.name?.toLowerCase() === name.toLowerCase()))
    return [error('filter-twice', 'name', 'The documents hold a filter of this name twice.', 'Leave one out.')];
  if (stored !== null && stored.platform !== platform)
    return [
      error(
        'filter-platform-changed',
        'platform',
        `The filter of this name is for ${stored.platform}, and the platform of a filter never changes.`,
        'Give it another name.',
      ),
    ];
  if (stored === null && (await filters.all()).length >= maxFilters)
    return [
      error(
        'too-many-filters',
        'name',
        `There are ${maxFilters} filters, and there can be no more.`,
        'Delete one that no assignment uses.',
      ),
    ];
  return [];
}

function changesOf(before: Filter, after: Filter): readonly ProfileChange[] {
  return (['name', 'description', 'rule', 'scopeTags'] as const).flatMap((path) =>
    JSON.stringify(before[path]) === JSON.stringify(after[path])
      ? []
      : [{ path, before: before[path], after: after[path], effect: 'none' as const }],
  );
}

function item(
  document: unknown,
  stored: Filter | null,
  action: AppliedProfile['action'],
  changes: readonly ProfileChange[],
  findings: readonly Finding[],
): AppliedProfile {
  const { name, kind, platform } = identityOf(document);
  const [id, version] = [stored?.id ?? null, stored?.version ?? null];
  return { slug: null, name, kind, platform, id, action, version, changes, assignments: null, findings };
}
