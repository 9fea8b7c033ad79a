import type { Clock } from '../lib/clock.ts';
import { findTrustedProfileAmong } from './find-trusted-profile.ts';
import { type Finding, hasErrors } from './finding.ts';
import type { IssuerFacts } from './issuer-facts.ts';
import { identityFindings } from './next-profile.ts';
import { parseProfile } from './parse-profile.ts';
import type { ProfileDraft } from './profile-draft.ts';
import type { ProfileStore } from './profile-store.ts';
import { readOwnRoot } from './read-own-root.ts';
import { ruleFacts } from './rule-facts.ts';
import { bySeverity, draftFindings } from './validate-profile.ts';

/**
 * What saving a document would find, without saving. The profile that it would replace is the one with its slug. `draft` is
 * null when an error was found.
 */
export async function reviewProfile(
  deps: {
    readonly profiles: Pick<ProfileStore, 'all'>;
    readonly issuers: IssuerFacts;
    readonly clock: Pick<Clock, 'now'>;
  },
  input: { readonly document: unknown },
): Promise<{ readonly draft: ProfileDraft | null; readonly findings: readonly Finding[] }> {
  const now = deps.clock.now();
  const all = await deps.profiles.all();
  const { draft, findings: shape } = parseProfile(await readOwnRoot(deps.issuers, input.document), {
    now,
    findTrustedProfile: findTrustedProfileAmong(all),
  });
  if (draft === null) return { draft, findings: bySeverity(shape) };
  const stored = all.find(({ slug }) => slug === draft.slug) ?? null;
  const findings = bySeverity([
    ...shape,
    ...(stored === null ? [] : identityFindings(stored, draft)),
    ...draftFindings(draft, { now, ...(await ruleFacts(deps.issuers, draft, all, stored)) }, shape),
  ]);
  return { draft: hasErrors(findings) ? null : draft, findings };
}
