/** A filter as files hold it, beside the profiles whose assignments name it (`profile apply`, `profile export`). */
import { isPlatform, platforms } from '../../directory/platform.ts';
import { isOneLine } from '../../lib/one-line.ts';
import { fault, openFields, refuseOthers, takeText, takeTexts } from '../../profiles/document-reader.ts';
import { type Finding, hasErrors } from '../../profiles/finding.ts';
import { identityOf } from '../../profiles/profile-meant.ts';
import type { Filter } from './filter.ts';
import { readFilter } from './read-filter.ts';

export type FilterDraft = Pick<Filter, 'name' | 'description' | 'platform' | 'rule' | 'scopeTags'>;

export function isFilterDocument(document: unknown): boolean {
  return identityOf(document).kind === 'filter';
}

/** Longer rules are read no further; the reader of rules says how long one may be. */
const longestRule = 100_000;

/**
 * A filter from a document; null when there is an error among the findings.
 *
 *     kind: filter
 *     name: Corporate iPhones
 *     platform: ios
 *     rule: (device.deviceOwnership -eq "Corporate")
 *
 * `description` and `scopeTags` may be left out.
 */
export function parseFilterDocument(document: unknown): {
  readonly draft: FilterDraft | null;
  readonly findings: readonly Finding[];
} {
  const findings: Finding[] = [];
  const fields = openFields(document, '', findings);
  if (fields === undefined) return { draft: null, findings };
  fields.taken.add('kind');
  const name = takeText(fields, 'name', '', 200).trim();
  if (name === '' && findings.length === 0) fault(fields, 'name', 'filter-name', 'The filter has no name.');
  if (!isOneLine(name)) fault(fields, 'name', 'filter-name', 'The name holds a control character.', 'Take it out.');
  const platform = takeText(fields, 'platform', '');
  const description = takeText(fields, 'description', '', 1000);
  const rule = takeText(fields, 'rule', '', longestRule);
  const scopeTags = takeTexts(fields, 'scopeTags', 100, 'scope-tags');
  refuseOthers(fields);
  if (!isPlatform(platform)) {
    fault(fields, 'platform', 'unknown-value', `“${platform}” is not one of ${platforms.join(', ')}.`);
    return { draft: null, findings };
  }
  findings.push(...readFilter(rule, platform).findings);
  return { draft: hasErrors(findings) ? null : { name, platform, description, rule, scopeTags }, findings };
}

/** As `parseFilterDocument` reads it back to the same. */
export function filterDocument({
  name,
  platform,
  description,
  rule,
  scopeTags,
}: FilterDraft): Readonly<Record<string, unknown>> {
  return { kind: 'filter', name, platform, description, rule, scopeTags };
}
