/** `/api/v1/approvals`: requests of profiles that want an administrator's word (SCEP PENDING). */
import { z } from 'zod';
import type { DeploymentId } from '../../deployments/deployment.ts';
import type { DeploymentStore } from '../../deployments/deployment-store.ts';
import type { decideApproval } from '../../enrollment/decide-approval.ts';
import type { PendingRequest, PendingRequestId, PendingRequestStore } from '../../enrollment/pending-request.ts';
import type { Bound } from '../../lib/bound.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { list, time } from './list-schema.ts';
import { type Once, postOnce } from './post-once.ts';

export type ApprovalUseCases = {
  readonly pendingRequests: Pick<PendingRequestStore, 'list'>;
  readonly deployments: Pick<DeploymentStore, 'get'>;
  readonly decideApproval: Bound<typeof decideApproval>;
  readonly once: Once;
};

const stateSchema = z.enum(['waiting', 'approved', 'rejected', 'issued']);
const approvalSchema = z
  .object({
    id: z.string(),
    deploymentId: z.string(),
    profileId: z.string().nullable(),
    deviceId: z.string().nullable(),
    subjectText: z.string().nullable().describe('What the certificate would say'),
    transactionID: z.string(),
    keyHash: z.string().describe('SHA-256 of the public key that asked, hex'),
    state: stateSchema,
    createdAt: time,
    decidedAt: time.nullable(),
    decidedBy: z.string().nullable(),
  })
  .meta({ id: 'Approval' });

const query = z.strictObject({
  state: stateSchema.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const tag = 'approvals';

export function registerApprovalRoutes(scope: AdminScope, useCases: ApprovalUseCases): void {
  scope.get(
    '/approvals',
    documented(
      { permission: 'deployments.read', tag, summary: 'List requests that wait or waited, newest first' },
      { querystring: query, response: { 200: z.object({ items: list(approvalSchema), next: z.null() }) } },
    ),
    async ({ query }) => {
      const requests = await useCases.pendingRequests.list(query.state ?? null, query.limit);
      return { items: await Promise.all(requests.map((each) => view(useCases, each))), next: null };
    },
  );

  scope.post(
    '/approvals/:approval/decision',
    documented(
      {
        permission: 'approvals.decide',
        tag,
        summary: 'Approve or reject a request',
        headers: ['idempotency-key'],
        detail: 'The device learns it when it asks again.',
      },
      {
        params: z.strictObject({ approval: z.string().min(1).max(100) }),
        body: z.strictObject({ decision: z.enum(['approved', 'rejected']) }),
        response: { 200: approvalSchema },
      },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 200 }, async (cause) => {
        const id = request.params.approval as PendingRequestId;
        return view(useCases, await useCases.decideApproval({ id, decision: request.body.decision, cause }));
      }),
  );
}

async function view({ deployments }: Pick<ApprovalUseCases, 'deployments'>, request: PendingRequest) {
  const deployment = await deployments.get(request.deploymentId as DeploymentId);
  const { id, deploymentId, transactionID, keyHash, state, createdAt, decidedAt, decidedBy } = request;
  return {
    id,
    deploymentId,
    profileId: deployment?.profileId ?? null,
    deviceId: deployment?.deviceId ?? null,
    subjectText: deployment?.expectation?.subjectText ?? null,
    transactionID,
    keyHash,
    state,
    createdAt,
    decidedAt,
    decidedBy,
  };
}
