/**
 * Whether a request may be answered now, when the profile wants an administrator to approve. The decision attaches to the
 * deployment, its expectation and its generation, never to a CSR: phones ask again with a new key after half a minute.
 */
import type { Deployment } from '../deployments/deployment.ts';
import type { PendingRequest, PendingRequestId } from './pending-request.ts';

export type ApprovalStanding =
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'waiting'; readonly request: PendingRequest }
  | { readonly kind: 'approved'; readonly pendingRequestId: PendingRequestId }
  | { readonly kind: 'rejected' };

/** `latest` is the latest request for this deployment and revision. */
export function approvalStanding(
  latest: PendingRequest | null,
  deployment: Pick<Deployment, 'revision'>,
  generation: number,
): ApprovalStanding {
  if (latest === null || latest.revision !== deployment.revision || latest.generation !== generation)
    return { kind: 'not-asked' };
  switch (latest.state) {
    case 'waiting':
      return { kind: 'waiting', request: latest };
    case 'approved':
      return { kind: 'approved', pendingRequestId: latest.id };
    case 'rejected':
      return { kind: 'rejected' };
    case 'issued':
      return { kind: 'not-asked' };
  }
}
