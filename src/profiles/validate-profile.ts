import { type Finding, hasErrors } from './finding.ts';
import { type ParseProfileContext, parseProfile } from './parse-profile.ts';
import type { ProfileDraft } from './profile-draft.ts';
import { checkProfile } from './rules/check-profile.ts';
import { headerRules } from './rules/header-rules.ts';
import { applyRules, type RuleFacts } from './rules/rule.ts';

/**
 * Reads a profile document and applies every rule that the facts allow (`profile validate`, save). `draft` is null when an
 * error was found. Errors come first.
 */
export function validateProfile(
  input: unknown,
  context: ParseProfileContext,
  factsFor: (draft: ProfileDraft) => Omit<RuleFacts, 'now'> = () => ({}),
): { readonly draft: ProfileDraft | null; readonly findings: readonly Finding[] } {
  const { draft, findings: shape } = parseProfile(input, context);
  const findings = [
    ...shape,
    ...(draft === null ? [] : draftFindings(draft, { now: context.now, ...factsFor(draft) }, shape)),
  ];
  return { draft: hasErrors(findings) ? null : draft, findings: bySeverity(findings) };
}

/** The rules for either kind of profile. */
export function draftFindings(draft: ProfileDraft, facts: RuleFacts, already: readonly Finding[]): Finding[] {
  if (draft.kind === 'scep') return checkProfile(draft, facts, already);
  return applyRules(headerRules, draft);
}

const order = { error: 0, warning: 1, information: 2 } as const;

export function bySeverity(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => order[a.severity] - order[b.severity]);
}
