import type { Bound } from '../../lib/bound.ts';
import type { reviewAssignments } from '../../lifecycle/review-assignments.ts';
import type { Finding } from '../../profiles/finding.ts';
import type { ProfileId } from '../../profiles/profile-id.ts';

export type Reviewing = { readonly reviewAssignments: Bound<typeof reviewAssignments> };

/** A saved profile's findings, completed with those about whom it reaches. Never in a transaction: it may take seconds. */
export async function reviewed<
  Answer extends { readonly profile: { readonly id: string }; readonly findings: readonly Finding[] },
>({ reviewAssignments }: Reviewing, answer: Answer): Promise<Answer> {
  const id = answer.profile.id as ProfileId;
  const review = await reviewAssignments({ world: null, focus: [id] });
  return { ...answer, findings: review(id, answer.findings) };
}
