import type { Finding } from '../profiles/finding.ts';

/** The scope tags that there are, as far as this wants to know. */
export type ScopeTagNames = { findByName(name: string): Promise<{ readonly name: string } | null> };

/** A warning for each tag that nobody has made: it counts for nothing until somebody does. */
export async function scopeTagFindings(
  { scopeTags }: { readonly scopeTags: ScopeTagNames },
  carried: readonly string[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [i, name] of carried.entries()) {
    if ((await scopeTags.findByName(name)) !== null) continue;
    findings.push({
      rule: 'scope-tag-unknown',
      severity: 'warning',
      path: `scopeTags.${i}`,
      detail: `There is no scope tag “${name}”: until there is one, no administrator can be given it.`,
      fix: 'Mend the name, or make the tag.',
    });
  }
  return findings;
}
