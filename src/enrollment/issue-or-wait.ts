/** The last step of every enrolment and renewal whose request is in order: now, or when an administrator has said yes. */
import { approvalStanding } from './approval.ts';
import { type AwaitApprovalDeps, awaitApproval } from './await-approval.ts';
import { type IssueDeps, type IssueInput, issue } from './issue.ts';
import { refusal } from './refusal.ts';
import { type Conclusion, refused } from './scep-call.ts';

export type IssueOrWaitInput = Omit<IssueInput, 'pendingRequestId'> & {
  readonly keyHash: string;
  readonly certificationRequest: Uint8Array;
};

export type IssueOrWaitDeps = { readonly issuing: IssueDeps; readonly approvals: AwaitApprovalDeps };

export async function issueOrWait(deps: IssueOrWaitDeps, input: IssueOrWaitInput): Promise<Conclusion> {
  const { deployment, generation, call } = input;
  if (call.profile.settings.server.approval === 'automatic')
    return issue(deps.issuing, { ...input, pendingRequestId: null });
  for (;;) {
    const latest = await deps.approvals.pendingRequests.latest(deployment.id, deployment.revision);
    const standing = approvalStanding(latest, deployment, generation);
    if (standing.kind === 'approved')
      return issue(deps.issuing, { ...input, pendingRequestId: standing.pendingRequestId });
    if (standing.kind === 'rejected') return refused(refusal('approval-rejected'), deployment);
    const waiting = standing.kind === 'waiting' ? standing.request : null;
    const conclusion = await awaitApproval(deps.approvals, { ...input, waiting });
    // Another request or an administrator was faster. Each waits or is decided once, so this ends.
    if (conclusion !== 'moved-on') return conclusion;
  }
}
