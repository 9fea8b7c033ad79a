import type { Cause } from '../events/event.ts';
import type { Bound } from '../lib/bound.ts';
import type { Transact } from '../lib/transact.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { SaveProfileResult, saveProfile } from '../profiles/save-profile.ts';
import { bySeverity } from '../profiles/validate-profile.ts';
import type { assign } from './assign.ts';
import { assignmentFindings } from './assignment-findings.ts';
import { type ScopeTagNames, scopeTagFindings } from './scope-tag-findings.ts';
import { assignmentsFromDraft, type TargetNames } from './target-names.ts';

export type ApplyProfileDeps = {
  readonly transact: Transact;
  readonly saveProfile: Bound<typeof saveProfile>;
  readonly assign: Bound<typeof assign>;
  readonly names: TargetNames & { readonly scopeTags: ScopeTagNames };
};

/**
 * Saves a profile document together with the assignments that it names, or neither. A document that says nothing of
 * assignments leaves them. Failures: those of `saveProfile` and `assignmentsFromDraft`.
 */
export async function applyProfile(
  deps: ApplyProfileDeps,
  input: {
    readonly id: ProfileId | null;
    readonly version: number | null;
    readonly document: unknown;
    readonly cause: Cause;
  },
): Promise<SaveProfileResult> {
  return deps.transact(async () => {
    const result = await deps.saveProfile(input);
    if (result.kind === 'refused') return result;
    const { id, settings, scopeTags } = result.profile;
    const findings = [...result.findings, ...(await scopeTagFindings(deps.names, scopeTags))];
    if (result.assignments === null) return { ...result, findings: bySeverity(findings) };
    const assignments = await assignmentsFromDraft(deps.names, result.assignments);
    await deps.assign({ profileId: id, assignments, cause: input.cause });
    findings.push(...(await assignmentFindings(deps.names, { assignments, platform: settings.platform })));
    return { ...result, findings: bySeverity(findings) };
  });
}
